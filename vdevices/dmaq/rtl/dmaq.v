// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: top: registers behind AXI4-Lite, engine, AXI4 master
`default_nettype none

module dmaq (
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
    output wire        s_axi_bvalid,
    input  wire        s_axi_bready,
    input  wire [11:0] s_axi_araddr,
    input  wire        s_axi_arvalid,
    output wire        s_axi_arready,
    output wire [31:0] s_axi_rdata,
    output wire [1:0]  s_axi_rresp,
    output wire        s_axi_rvalid,
    input  wire        s_axi_rready,

    output wire        m_axi_arvalid,
    input  wire        m_axi_arready,
    output wire [63:0] m_axi_araddr,
    output wire [7:0]  m_axi_arlen,
    output wire [2:0]  m_axi_arsize,
    output wire [1:0]  m_axi_arburst,
    input  wire        m_axi_rvalid,
    output wire        m_axi_rready,
    input  wire [63:0] m_axi_rdata,
    input  wire [1:0]  m_axi_rresp,
    input  wire        m_axi_rlast,
    output wire        m_axi_awvalid,
    input  wire        m_axi_awready,
    output wire [63:0] m_axi_awaddr,
    output wire [7:0]  m_axi_awlen,
    output wire [2:0]  m_axi_awsize,
    output wire [1:0]  m_axi_awburst,
    output wire        m_axi_wvalid,
    input  wire        m_axi_wready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0]  m_axi_wstrb,
    output wire        m_axi_wlast,
    input  wire        m_axi_bvalid,
    output wire        m_axi_bready,
    input  wire [1:0]  m_axi_bresp,

    output wire        irq,
    output wire        idle             // nothing changes without a bus access
);
    wire        unused_read;            // no register changes by being read
    wire        write, quiet, clear, go, working, draining, completed, halt, failed, notify, counting;
    wire [11:0] write_addr, read_addr;
    wire [31:0] write_data, read_data;
    wire [63:0] descriptor;
    wire        start_read, start_write, put, bus_busy, bus_done, bus_error, beat;
    wire [63:0] addr, put_data, beat_data;
    wire [3:0]  last;
    wire [255:0] head;

    assign idle = quiet && !go && !working && !draining && !counting;

    axi_lite slave (
        .aclk(aclk), .aresetn(aresetn),
        .s_axi_awaddr(s_axi_awaddr), .s_axi_awvalid(s_axi_awvalid), .s_axi_awready(s_axi_awready),
        .s_axi_wdata(s_axi_wdata), .s_axi_wstrb(s_axi_wstrb), .s_axi_wvalid(s_axi_wvalid), .s_axi_wready(s_axi_wready),
        .s_axi_bresp(s_axi_bresp), .s_axi_bvalid(s_axi_bvalid), .s_axi_bready(s_axi_bready),
        .s_axi_araddr(s_axi_araddr), .s_axi_arvalid(s_axi_arvalid), .s_axi_arready(s_axi_arready),
        .s_axi_rdata(s_axi_rdata), .s_axi_rresp(s_axi_rresp), .s_axi_rvalid(s_axi_rvalid), .s_axi_rready(s_axi_rready),
        .write(write), .write_addr(write_addr), .write_data(write_data),
        .read(unused_read), .read_addr(read_addr), .read_data(read_data), .quiet(quiet)
    );

    dmaq_regs regs (
        .aclk(aclk), .aresetn(aresetn),
        .write(write), .write_addr(write_addr), .write_data(write_data), .read_addr(read_addr), .read_data(read_data),
        .clear(clear), .go(go), .descriptor(descriptor), .working(working), .draining(draining),
        .completed(completed), .halt(halt), .failed(failed), .notify(notify), .counting(counting), .irq(irq)
    );

    dmaq_engine engine (
        .aclk(aclk), .aresetn(aresetn),
        .clear(clear), .go(go), .descriptor(descriptor), .working(working), .draining(draining),
        .completed(completed), .halt(halt), .failed(failed), .notify(notify),
        .start_read(start_read), .start_write(start_write), .addr(addr), .last(last), .put(put), .put_data(put_data),
        .bus_busy(bus_busy), .bus_done(bus_done), .bus_error(bus_error),
        .beat(beat), .beat_data(beat_data), .head(head)
    );

    dmaq_axi master (
        .aclk(aclk), .aresetn(aresetn),
        .start_read(start_read), .start_write(start_write), .addr(addr), .last(last),
        .busy(bus_busy), .done(bus_done), .error(bus_error),
        .beat(beat), .beat_data(beat_data), .put(put), .put_data(put_data), .head(head),
        .m_axi_arvalid(m_axi_arvalid), .m_axi_arready(m_axi_arready), .m_axi_araddr(m_axi_araddr),
        .m_axi_arlen(m_axi_arlen), .m_axi_arsize(m_axi_arsize), .m_axi_arburst(m_axi_arburst),
        .m_axi_rvalid(m_axi_rvalid), .m_axi_rready(m_axi_rready), .m_axi_rdata(m_axi_rdata),
        .m_axi_rresp(m_axi_rresp), .m_axi_rlast(m_axi_rlast),
        .m_axi_awvalid(m_axi_awvalid), .m_axi_awready(m_axi_awready), .m_axi_awaddr(m_axi_awaddr),
        .m_axi_awlen(m_axi_awlen), .m_axi_awsize(m_axi_awsize), .m_axi_awburst(m_axi_awburst),
        .m_axi_wvalid(m_axi_wvalid), .m_axi_wready(m_axi_wready), .m_axi_wdata(m_axi_wdata),
        .m_axi_wstrb(m_axi_wstrb), .m_axi_wlast(m_axi_wlast),
        .m_axi_bvalid(m_axi_bvalid), .m_axi_bready(m_axi_bready), .m_axi_bresp(m_axi_bresp)
    );
endmodule

`default_nettype wire
