// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: AXI4 master, one burst at a time, from and to a buffer of 16 words
//
// A burst that has been started always ends on the bus; `done` marks its last handshake.
`default_nettype none

module dmaq_axi (
    input  wire        aclk,
    input  wire        aresetn,

    input  wire        start_read,      // one clock, only while !busy
    input  wire        start_write,
    input  wire [63:0] addr,
    input  wire [3:0]  last,            // beats - 1
    output wire        busy,
    output reg         done,            // one clock; error is of that burst
    output reg         error,

    output wire        beat,            // a word of the read burst arrives at this edge
    output wire [63:0] beat_data,
    input  wire        put,             // buffer[0] = put_data, only while !busy
    input  wire [63:0] put_data,
    output wire [255:0] head,           // buffer[3:0]

    output reg         m_axi_arvalid,
    input  wire        m_axi_arready,
    output reg  [63:0] m_axi_araddr,
    output reg  [7:0]  m_axi_arlen,
    output wire [2:0]  m_axi_arsize,
    output wire [1:0]  m_axi_arburst,
    input  wire        m_axi_rvalid,
    output wire        m_axi_rready,
    input  wire [63:0] m_axi_rdata,
    input  wire [1:0]  m_axi_rresp,
    input  wire        m_axi_rlast,

    output reg         m_axi_awvalid,
    input  wire        m_axi_awready,
    output reg  [63:0] m_axi_awaddr,
    output reg  [7:0]  m_axi_awlen,
    output wire [2:0]  m_axi_awsize,
    output wire [1:0]  m_axi_awburst,
    output reg         m_axi_wvalid,
    input  wire        m_axi_wready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0]  m_axi_wstrb,
    output wire        m_axi_wlast,
    input  wire        m_axi_bvalid,
    output wire        m_axi_bready,
    input  wire [1:0]  m_axi_bresp
);
    localparam [2:0] SIZE_8 = 3'd3;     // A3.4.1
    localparam [1:0] INCR = 2'b01;

    reg [63:0] buffer [0:15];
    reg [3:0]  index, final_index;
    reg        reading, writing, fault;

    assign m_axi_arsize  = SIZE_8;
    assign m_axi_awsize  = SIZE_8;
    assign m_axi_arburst = INCR;
    assign m_axi_awburst = INCR;
    assign m_axi_rready  = reading && !m_axi_arvalid;
    assign m_axi_wdata   = buffer[index];
    assign m_axi_wstrb   = 8'hff;
    assign m_axi_wlast   = index == final_index;
    assign m_axi_bready  = writing && !m_axi_awvalid && !m_axi_wvalid;

    assign busy      = reading || writing;
    assign beat      = m_axi_rvalid && m_axi_rready;
    assign beat_data = m_axi_rdata;
    assign head      = {buffer[3], buffer[2], buffer[1], buffer[0]};

    wire response = m_axi_bvalid && m_axi_bready;

    // The buffer is state too: at reset it is zero, so that equal runs save equal bytes.
    integer i;
    always @(posedge aclk) begin
        if (!aresetn) begin
            for (i = 0; i < 16; i = i + 1)
                buffer[i] <= 64'd0;
        end else if (put) begin
            buffer[0] <= put_data;
        end else if (beat) begin
            buffer[index] <= m_axi_rdata;
        end
    end

    always @(posedge aclk) begin
        if (!aresetn) begin
            reading       <= 1'b0;
            writing       <= 1'b0;
            fault         <= 1'b0;
            done          <= 1'b0;
            error         <= 1'b0;
            index         <= 4'd0;
            final_index   <= 4'd0;
            m_axi_arvalid <= 1'b0;
            m_axi_araddr  <= 64'd0;
            m_axi_arlen   <= 8'd0;
            m_axi_awvalid <= 1'b0;
            m_axi_awaddr  <= 64'd0;
            m_axi_awlen   <= 8'd0;
            m_axi_wvalid  <= 1'b0;
        end else begin
            done <= 1'b0;
            if (start_read || start_write) begin
                index       <= 4'd0;
                final_index <= last;
                fault       <= 1'b0;
            end
            if (start_read) begin
                reading       <= 1'b1;
                m_axi_arvalid <= 1'b1;
                m_axi_araddr  <= addr;
                m_axi_arlen   <= {4'd0, last};
            end
            if (start_write) begin
                writing       <= 1'b1;
                m_axi_awvalid <= 1'b1;
                m_axi_awaddr  <= addr;
                m_axi_awlen   <= {4'd0, last};
                m_axi_wvalid  <= 1'b1;
            end
            if (m_axi_arvalid && m_axi_arready)
                m_axi_arvalid <= 1'b0;
            if (m_axi_awvalid && m_axi_awready)
                m_axi_awvalid <= 1'b0;
            if (beat) begin
                index <= index + 4'd1;
                fault <= fault | m_axi_rresp[1];
                if (m_axi_rlast) begin
                    reading <= 1'b0;
                    done    <= 1'b1;
                    error   <= fault | m_axi_rresp[1];
                end
            end
            if (m_axi_wvalid && m_axi_wready) begin
                index <= index + 4'd1;
                if (m_axi_wlast)
                    m_axi_wvalid <= 1'b0;
            end
            if (response) begin
                writing <= 1'b0;
                done    <= 1'b1;
                error   <= m_axi_bresp[1];
            end
        end
    end

    wire unused = &{1'b0, m_axi_rresp[0], m_axi_bresp[0]};
endmodule

`default_nettype wire
