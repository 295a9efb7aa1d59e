// SPDX-License-Identifier: GPL-2.0-or-later
// A core without any of the optional pins: one register, and a count of the clocks
`default_nettype none

module plain (
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
    input  wire        s_axi_rready
);
    reg [31:0] clocks, word;
    wire       write = s_axi_awvalid && s_axi_wvalid && !s_axi_bvalid && s_axi_wstrb == 4'hf;

    assign s_axi_awready = write;
    assign s_axi_wready  = write;
    assign s_axi_arready = !s_axi_rvalid;
    assign s_axi_bresp   = 2'b00;
    assign s_axi_rresp   = 2'b00;

    always @(posedge aclk) begin
        if (!aresetn) begin
            clocks       <= 32'd0;
            word         <= 32'd0;
            s_axi_bvalid <= 1'b0;
            s_axi_rvalid <= 1'b0;
            s_axi_rdata  <= 32'd0;
        end else begin
            clocks       <= clocks + 32'd1;
            s_axi_bvalid <= write || (s_axi_bvalid && !s_axi_bready);
            s_axi_rvalid <= (s_axi_arvalid && s_axi_arready) || (s_axi_rvalid && !s_axi_rready);
            if (write && s_axi_awaddr == 12'd4)
                word <= s_axi_wdata;
            if (s_axi_arvalid && s_axi_arready)
                s_axi_rdata <= s_axi_araddr == 12'd0 ? clocks : word;
        end
    end
endmodule

`default_nettype wire
