// SPDX-License-Identifier: GPL-2.0-or-later
// pulse: interrupt latency probe, device time is that of the clock's edges
`default_nettype none

module pulse (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire [63:0] edge_ns,         // time of this clock edge since power-on

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

    output wire        irq,
    output wire        idle             // nothing changes without a bus access
);
    localparam [11:0] ID = 12'h00, CTRL = 12'h04, DELAY = 12'h08, COUNT = 12'h0c, STATUS = 12'h10, RAISED = 12'h14,
        MISSED = 12'h18, RAISE_LO = 12'h20, RAISE_HI = 12'h24, ACK_LO = 12'h28, ACK_HI = 12'h2c, LATENCY = 12'h30,
        LAT_MIN = 12'h34, LAT_MAX = 12'h38, NOW_LO = 12'h40, NOW_HI = 12'h44;

    wire        write, read, quiet;
    wire [11:0] write_addr, read_addr;
    wire [31:0] write_data;
    reg  [31:0] read_data;

    axi_lite slave (
        .aclk(aclk), .aresetn(aresetn),
        .s_axi_awaddr(s_axi_awaddr), .s_axi_awvalid(s_axi_awvalid), .s_axi_awready(s_axi_awready),
        .s_axi_wdata(s_axi_wdata), .s_axi_wstrb(s_axi_wstrb), .s_axi_wvalid(s_axi_wvalid), .s_axi_wready(s_axi_wready),
        .s_axi_bresp(s_axi_bresp), .s_axi_bvalid(s_axi_bvalid), .s_axi_bready(s_axi_bready),
        .s_axi_araddr(s_axi_araddr), .s_axi_arvalid(s_axi_arvalid), .s_axi_arready(s_axi_arready),
        .s_axi_rdata(s_axi_rdata), .s_axi_rresp(s_axi_rresp), .s_axi_rvalid(s_axi_rvalid), .s_axi_rready(s_axi_rready),
        .write(write), .write_addr(write_addr), .write_data(write_data),
        .read(read), .read_addr(read_addr), .read_data(read_data), .quiet(quiet)
    );

    reg         armed, periodic, pending;
    reg  [31:0] delay, count, remaining, raised, missed, latency, latency_min, latency_max, now_high;
    reg  [63:0] deadline, raise_time, ack_time;

    wire [63:0] now = edge_ns;
    wire        fires = armed && now >= deadline;
    wire        acknowledges = write && write_addr == STATUS && write_data[0] && pending;
    wire [63:0] waited = now - raise_time;
    wire [31:0] waited_ns = |waited[63:32] ? 32'hffffffff : waited[31:0];

    assign irq  = pending;
    assign idle = quiet && !armed;

    always @(posedge aclk) begin
        if (!aresetn) begin
            armed       <= 1'b0;
            periodic    <= 1'b0;
            pending     <= 1'b0;
            delay       <= 32'd1;
            count       <= 32'd0;
            remaining   <= 32'd0;
            raised      <= 32'd0;
            missed      <= 32'd0;
            latency     <= 32'd0;
            latency_min <= 32'hffffffff;
            latency_max <= 32'd0;
            now_high    <= 32'd0;
            deadline    <= 64'd0;
            raise_time  <= 64'd0;
            ack_time    <= 64'd0;
        end else begin
            if (fires) begin
                raised    <= raised + 32'd1;
                deadline  <= now + {32'd0, delay};
                remaining <= remaining == 32'd0 ? 32'd0 : remaining - 32'd1;
                armed     <= remaining != 32'd1;
                if (pending) begin
                    missed <= missed + 32'd1;
                end else begin
                    pending    <= 1'b1;
                    raise_time <= now;
                end
            end
            if (acknowledges) begin
                pending     <= 1'b0;
                ack_time    <= now;
                latency     <= waited_ns;
                latency_min <= waited_ns < latency_min ? waited_ns : latency_min;
                latency_max <= waited_ns > latency_max ? waited_ns : latency_max;
            end
            if (write && write_addr == CTRL) begin
                armed     <= write_data[0];
                periodic  <= write_data[1];
                remaining <= write_data[1] ? count : 32'd1;
                deadline  <= now + {32'd0, delay};
            end
            if (write && write_addr == DELAY)
                delay <= write_data == 32'd0 ? 32'd1 : write_data;
            if (write && write_addr == COUNT)
                count <= write_data;
            if (read && read_addr == NOW_LO)
                now_high <= now[63:32];
        end
    end

    always @* begin
        case (read_addr)
        ID:         read_data = 32'h50554c53;
        CTRL:       read_data = {30'd0, periodic, armed};
        DELAY:      read_data = delay;
        COUNT:      read_data = count;
        STATUS:     read_data = {31'd0, pending};
        RAISED:     read_data = raised;
        MISSED:     read_data = missed;
        RAISE_LO:   read_data = raise_time[31:0];
        RAISE_HI:   read_data = raise_time[63:32];
        ACK_LO:     read_data = ack_time[31:0];
        ACK_HI:     read_data = ack_time[63:32];
        LATENCY:    read_data = latency;
        LAT_MIN:    read_data = latency_min;
        LAT_MAX:    read_data = latency_max;
        NOW_LO:     read_data = now[31:0];
        NOW_HI:     read_data = now_high;
        default:    read_data = 32'd0;
        endcase
    end
endmodule

`default_nettype wire
