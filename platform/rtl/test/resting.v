// SPDX-License-Identifier: GPL-2.0-or-later
// A core for tests that does not say when it is idle, and is, between a write and the end of its countdown
//
// 0x00 COUNTDOWN: irq[0] goes up that many clocks later; a write of 0 lowers it   0x04 STEPS: odd ones of the countdown
`default_nettype none

module resting (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire [11:0] s_axi_awaddr,
    input  wire        s_axi_awvalid,
    output wire        s_axi_awready,
    input  wire [31:0] s_axi_wdata,
    input  wire [3:0]  s_axi_wstrb,
    input  wire        s_axi_wvalid,
    output wire        s_axi_wready,
    output wire [1:0]  s_axi_bresp,
    output reg         s_axi_bvalid,
    input  wire        s_axi_bready,
    input  wire [11:0] s_axi_araddr,
    input  wire        s_axi_arvalid,
    output wire        s_axi_arready,
    output reg  [31:0] s_axi_rdata,
    output wire [1:0]  s_axi_rresp,
    output reg         s_axi_rvalid,
    input  wire        s_axi_rready,
    output reg  [0:0]  irq
);
    reg [31:0] countdown, steps;
    wire write = s_axi_awvalid && s_axi_wvalid && !s_axi_bvalid;
    wire read  = s_axi_arvalid && !s_axi_rvalid;
    assign s_axi_awready = write;
    assign s_axi_wready  = write;
    assign s_axi_arready = read;
    assign s_axi_bresp = 2'b00;
    assign s_axi_rresp = 2'b00;
    wire unused = &{1'b0, s_axi_wstrb, s_axi_awaddr[11:3], s_axi_awaddr[1:0], s_axi_araddr[11:3], s_axi_araddr[1:0]};

    always @(posedge aclk) begin
        if (!aresetn) begin
            {countdown, steps, s_axi_rdata} <= 96'd0;
            {s_axi_bvalid, s_axi_rvalid, irq} <= 3'd0;
        end else begin
            s_axi_bvalid <= write || (s_axi_bvalid && !s_axi_bready);
            s_axi_rvalid <= read || (s_axi_rvalid && !s_axi_rready);
            if (read)
                s_axi_rdata <= s_axi_araddr[2] ? steps : countdown;
            if (countdown != 0) begin
                countdown <= countdown - 32'd1;
                if (countdown[0])
                    steps <= steps + 32'd1;
                if (countdown == 32'd1)
                    irq <= 1'b1;
            end
            if (write && !s_axi_awaddr[2]) begin
                countdown <= s_axi_wdata;
                if (s_axi_wdata == 32'd0)
                    irq <= 1'b0;
            end
        end
    end
endmodule

`default_nettype wire
