// SPDX-License-Identifier: GPL-2.0-or-later
// AXI4-Lite slave: one word at a time, for any register block
//
// A write happens at the edge at which the second of address and data is taken; a read at the edge that takes its address.
// Writes of less than a word get SLVERR and do nothing.
`default_nettype none

module axi_lite (
    input  wire        aclk,
    input  wire        aresetn,

    input  wire [11:0] s_axi_awaddr,
    input  wire        s_axi_awvalid,
    output wire        s_axi_awready,
    input  wire [31:0] s_axi_wdata,
    input  wire [3:0]  s_axi_wstrb,
    input  wire        s_axi_wvalid,
    output wire        s_axi_wready,
    output reg  [1:0]  s_axi_bresp,
    output reg         s_axi_bvalid,
    input  wire        s_axi_bready,
    input  wire [11:0] s_axi_araddr,
    input  wire        s_axi_arvalid,
    output wire        s_axi_arready,
    output reg  [31:0] s_axi_rdata,
    output wire [1:0]  s_axi_rresp,
    output reg         s_axi_rvalid,
    input  wire        s_axi_rready,

    output wire        write,           // write_data goes to write_addr at this edge
    output wire [11:0] write_addr,
    output wire [31:0] write_data,
    output wire        read,            // read_data is taken from read_addr at this edge (side effects of reading)
    output wire [11:0] read_addr,
    input  wire [31:0] read_data,
    output wire        quiet            // no access is in work
);
    localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;

    reg        address_held, data_held;
    reg [11:0] address;
    reg [31:0] data;
    reg [3:0]  strobe;

    assign s_axi_awready = !address_held && !s_axi_bvalid;
    assign s_axi_wready  = !data_held && !s_axi_bvalid;
    assign s_axi_arready = !s_axi_rvalid;
    assign s_axi_rresp   = OKAY;

    wire takes_address = s_axi_awvalid && s_axi_awready;
    wire takes_data    = s_axi_wvalid && s_axi_wready;
    wire complete      = (address_held || takes_address) && (data_held || takes_data);
    wire whole         = (data_held ? strobe : s_axi_wstrb) == 4'hf;

    assign write      = complete && whole;
    assign write_addr = address_held ? address : s_axi_awaddr;
    assign write_data = data_held ? data : s_axi_wdata;
    assign read       = s_axi_arvalid && s_axi_arready;
    assign read_addr  = s_axi_araddr;
    assign quiet      = !address_held && !data_held && !s_axi_bvalid && !s_axi_rvalid;

    always @(posedge aclk) begin
        if (!aresetn) begin
            address_held <= 1'b0;
            data_held    <= 1'b0;
            address      <= 12'd0;
            data         <= 32'd0;
            strobe       <= 4'd0;
            s_axi_bvalid <= 1'b0;
            s_axi_bresp  <= OKAY;
            s_axi_rvalid <= 1'b0;
            s_axi_rdata  <= 32'd0;
        end else begin
            if (takes_address)
                address <= s_axi_awaddr;
            if (takes_data) begin
                data   <= s_axi_wdata;
                strobe <= s_axi_wstrb;
            end
            address_held <= (address_held || takes_address) && !complete;
            data_held    <= (data_held || takes_data) && !complete;
            if (complete) begin
                s_axi_bvalid <= 1'b1;
                s_axi_bresp  <= whole ? OKAY : SLVERR;
            end else if (s_axi_bready) begin
                s_axi_bvalid <= 1'b0;
            end
            if (read) begin
                s_axi_rvalid <= 1'b1;
                s_axi_rdata  <= read_data;
            end else if (s_axi_rready) begin
                s_axi_rvalid <= 1'b0;
            end
        end
    end
endmodule

`default_nettype wire
