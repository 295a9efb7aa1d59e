// SPDX-License-Identifier: GPL-2.0-or-later
// A core for tests with three clocks that know nothing of one another: a counter on each, and an interrupt that crosses
//
// 0x00 bus clocks   0x04 clk_bit's edges, as seen through two flip-flops of gray code   0x08 clk_usb's   0x0c ARM: n bit
// clocks from when it arrives there, irq[0] goes up (0: down)   0x10 the sum of data that clk_usb took at each of its edges
`default_nettype none

module two_clocks (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire        clk_bit,
    input  wire        clk_usb,
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
    output wire [0:0]  irq
);
    reg [31:0] bus_count, bit_count, usb_count, bit_gray, usb_gray, arm, left, sum;
    reg [31:0] bit_seen [0:1];
    reg [31:0] usb_seen [0:1];
    reg        raised, asked, taken;

    function [31:0] binary(input [31:0] gray);
        integer i;
        begin
            binary[31] = gray[31];
            for (i = 30; i >= 0; i = i - 1)
                binary[i] = binary[i + 1] ^ gray[i];
        end
    endfunction

    wire write = s_axi_awvalid && s_axi_wvalid && !s_axi_bvalid;
    wire read  = s_axi_arvalid && !s_axi_rvalid;
    assign s_axi_awready = write;
    assign s_axi_wready  = write;
    assign s_axi_arready = read;
    assign s_axi_bresp = 2'b00;
    assign s_axi_rresp = 2'b00;
    assign irq = raised;

    wire unused = &{1'b0, s_axi_wstrb};

    always @(posedge aclk) begin
        if (!aresetn) begin
            {bus_count, arm, s_axi_rdata} <= 96'd0;
            {s_axi_bvalid, s_axi_rvalid, asked} <= 3'd0;
            bit_seen[0] <= 32'd0;
            bit_seen[1] <= 32'd0;
            usb_seen[0] <= 32'd0;
            usb_seen[1] <= 32'd0;
        end else begin
            bus_count   <= bus_count + 32'd1;
            bit_seen[0] <= bit_gray;
            bit_seen[1] <= bit_seen[0];
            usb_seen[0] <= usb_gray;
            usb_seen[1] <= usb_seen[0];
            s_axi_bvalid <= write || (s_axi_bvalid && !s_axi_bready);
            s_axi_rvalid <= read || (s_axi_rvalid && !s_axi_rready);
            if (write && s_axi_awaddr == 12'h00c) begin
                arm   <= s_axi_wdata;
                asked <= !asked;
            end
            if (read)
                case (s_axi_araddr)
                    12'h000: s_axi_rdata <= bus_count;
                    12'h004: s_axi_rdata <= binary(bit_seen[1]);
                    12'h008: s_axi_rdata <= binary(usb_seen[1]);
                    12'h010: s_axi_rdata <= sum;
                    default: s_axi_rdata <= arm;
                endcase
        end
    end

    always @(posedge clk_bit) begin
        if (!aresetn) begin
            {bit_count, bit_gray, left} <= 96'd0;
            {raised, taken} <= 2'd0;
        end else begin
            bit_count <= bit_count + 32'd1;
            bit_gray  <= bit_count ^ (bit_count >> 1);
            taken     <= asked;
            if (taken != asked) begin
                left   <= arm;
                raised <= 1'b0;
            end else if (left != 0) begin
                left   <= left - 32'd1;
                raised <= left == 32'd1;
            end
        end
    end

    always @(posedge clk_usb) begin
        if (!aresetn)
            {usb_count, usb_gray, sum} <= 96'd0;
        else begin
            usb_count <= usb_count + 32'd1;
            usb_gray  <= usb_count ^ (usb_count >> 1);
            sum       <= sum + bus_count + bit_gray;
        end
    end
endmodule

`default_nettype wire
