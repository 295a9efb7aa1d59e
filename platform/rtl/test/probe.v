// SPDX-License-Identifier: GPL-2.0-or-later
// A core for tests: every pin of the adapter, and every way to break its rules
//
// 0x00 ID   0x04 SCRATCH   0x08 COUNTDOWN (irq[0] goes up that many clocks after the edge that takes the write)
// 0x0c IRQ (bits 1:0 drive irq; reads back)   0x10 STAMP (cycle at which irq[0] last went up by COUNTDOWN; 0x40 its high half)   0x14 WAIT (clocks
// before each later answer)   0x18 AWAKE (bit 0: never idle)   0x1c CLOCKS (edges run since reset)   0x20 SRC_LO
// 0x24 SRC_HI   0x28 DST_LO   0x2c DST_HI   0x30 COPY (bits 7:0 beats - 1, bits 15:8 strobe of the first beat: starts; irq[1] when
// done)   0x34 RESP (1:0 read, 3:2 write)   0x38 DONE (low half of the cycle at which the copy's B was taken)   0x3c BREAK
// 0x800 and up: SLVERR, 0xc00 and up: DECERR
`default_nettype none

module probe (
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
    output reg  [1:0]  s_axi_rresp,
    output reg         s_axi_rvalid,
    input  wire        s_axi_rready,

    output reg  [63:0] m_axi_araddr,
    output reg  [7:0]  m_axi_arlen,
    output wire [2:0]  m_axi_arsize,
    output wire [1:0]  m_axi_arburst,
    output reg         m_axi_arvalid,
    input  wire        m_axi_arready,
    input  wire [63:0] m_axi_rdata,
    input  wire [1:0]  m_axi_rresp,
    input  wire        m_axi_rlast,
    input  wire        m_axi_rvalid,
    output wire        m_axi_rready,
    output reg  [63:0] m_axi_awaddr,
    output reg  [7:0]  m_axi_awlen,
    output wire [2:0]  m_axi_awsize,
    output wire [1:0]  m_axi_awburst,
    output reg         m_axi_awvalid,
    input  wire        m_axi_awready,
    output wire [63:0] m_axi_wdata,
    output wire [7:0]  m_axi_wstrb,
    output wire        m_axi_wlast,
    output reg         m_axi_wvalid,
    input  wire        m_axi_wready,
    input  wire [1:0]  m_axi_bresp,
    input  wire        m_axi_bvalid,
    output wire        m_axi_bready,

    output wire [1:0]  irq,
    output wire        idle,
    input  wire [63:0] cycle
);
    localparam [3:0] SILENT = 1, DROP_AR = 2, BAD_LAST = 3, WRAP = 4, FINISH = 5, UNASKED = 6, CHANGE_AW = 7, EXOKAY = 8, DROP_AW = 9, DROP_W = 10;
    localparam [2:0] REST = 0, READ = 1, DATA = 2, WRITE = 3, BEATS = 4, RESPONSE = 5;

    reg [31:0] scratch, countdown, clocks, done;
    reg [63:0] source, destination, stamp;
    reg [7:0]  wait_states, waited, beat, first_strobe;
    reg [1:0]  lines, read_resp, write_resp;
    reg [3:0]  fault;
    reg [2:0]  state;
    reg        awake;
    reg [63:0] buffer [0:255];

    // Register accesses: address and data of a write are taken together, after WAIT clocks.
    wire ready = waited == wait_states && fault != SILENT;
    wire write = s_axi_awvalid && s_axi_wvalid && !s_axi_bvalid && ready;
    wire read  = s_axi_arvalid && !s_axi_rvalid && ready;
    wire [1:0] write_code = s_axi_awaddr[11:10] == 2'b11 ? 2'b11 : s_axi_awaddr[11] || s_axi_wstrb != 4'hf ? 2'b10 : 2'b00;
    wire [1:0] read_code  = s_axi_araddr[11:10] == 2'b11 ? 2'b11 : s_axi_araddr[11] ? 2'b10 : 2'b00;
    assign s_axi_awready = write;
    assign s_axi_wready  = write;
    assign s_axi_arready = read;

    assign irq  = lines;
    assign idle = !awake && state == REST && countdown == 0 && fault == 0 && !s_axi_bvalid && !s_axi_rvalid;

    assign m_axi_arsize  = 3'd3;
    assign m_axi_awsize  = 3'd3;
    assign m_axi_arburst = fault == WRAP ? 2'b10 : 2'b01;
    assign m_axi_awburst = 2'b01;
    assign m_axi_rready  = state == DATA;
    assign m_axi_bready  = state == RESPONSE;
    assign m_axi_wdata   = buffer[beat];
    assign m_axi_wstrb   = beat == 0 ? first_strobe : 8'hff;
    assign m_axi_wlast   = (beat == m_axi_awlen) != (fault == BAD_LAST);

    reg [31:0] value;
    always @(*) begin
        case (s_axi_araddr)
            12'h000: value = 32'h50524f42;
            12'h004: value = scratch;
            12'h008: value = countdown;
            12'h00c: value = {30'd0, lines};
            12'h010: value = stamp[31:0];
            12'h014: value = {24'd0, wait_states};
            12'h018: value = {31'd0, awake};
            12'h01c: value = clocks;
            12'h034: value = {28'd0, write_resp, read_resp};
            12'h038: value = done;
            12'h040: value = stamp[63:32];
            default: value = 32'd0;
        endcase
    end

    always @(posedge aclk) begin
        if (!aresetn) begin
            {scratch, countdown, clocks, done} <= 128'd0;
            {source, destination, stamp, m_axi_araddr, m_axi_awaddr} <= 320'd0;
            {wait_states, waited, beat, m_axi_arlen, m_axi_awlen} <= 40'd0;
            first_strobe <= 8'hff;
            {lines, read_resp, write_resp} <= 6'd0;
            fault <= 4'd0;
            state <= REST;
            awake <= 1'b0;
            {s_axi_bvalid, s_axi_rvalid, m_axi_arvalid, m_axi_awvalid, m_axi_wvalid} <= 5'd0;
            {s_axi_bresp, s_axi_rresp} <= 4'd0;
            s_axi_rdata <= 32'd0;
        end else begin
            clocks <= clocks + 32'd1;

            waited <= (s_axi_awvalid || s_axi_arvalid) && !write && !read && waited != wait_states ? waited + 8'd1 : 8'd0;
            s_axi_bvalid <= write || (s_axi_bvalid && !s_axi_bready);
            s_axi_rvalid <= read || (s_axi_rvalid && !s_axi_rready) || (fault == UNASKED && clocks[3:0] == 4'd0);
            if (write)
                s_axi_bresp <= fault == EXOKAY ? 2'b01 : write_code;
            if (read) begin
                s_axi_rresp <= fault == EXOKAY ? 2'b01 : read_code;
                s_axi_rdata <= value;
            end

            if (countdown != 0) begin
                countdown <= countdown - 32'd1;
                if (countdown == 32'd1) begin
                    lines[0] <= 1'b1;
                    stamp    <= cycle;
                end
            end

            case (state)
                READ: begin
                    if (m_axi_arready) begin
                        m_axi_arvalid <= 1'b0;
                        beat  <= 8'd0;
                        state <= DATA;
                    end
                end
                DATA: if (m_axi_rvalid) begin
                    buffer[beat] <= m_axi_rdata;
                    beat <= beat + 8'd1;
                    if (m_axi_rresp != 2'b00)
                        read_resp <= m_axi_rresp;
                    if (m_axi_rlast) begin
                        beat  <= 8'd0;
                        state <= WRITE;
                        m_axi_awvalid <= 1'b1;
                    end
                end
                WRITE: if (m_axi_awready) begin
                    m_axi_awvalid <= 1'b0;
                    m_axi_wvalid  <= 1'b1;
                    state <= BEATS;
                end
                BEATS: if (m_axi_wready) begin
                    beat <= beat + 8'd1;
                    if (beat == m_axi_awlen) begin
                        m_axi_wvalid <= 1'b0;
                        state <= RESPONSE;
                    end
                end
                RESPONSE: if (m_axi_bvalid) begin
                    write_resp <= m_axi_bresp;
                    done     <= cycle[31:0];
                    lines[1] <= 1'b1;
                    state    <= REST;
                end
                default: ;
            endcase

            if (write && write_code == 2'b00) begin
                case (s_axi_awaddr)
                    12'h004: scratch <= s_axi_wdata;
                    12'h008: countdown <= s_axi_wdata;
                    12'h00c: lines <= s_axi_wdata[1:0];
                    12'h014: wait_states <= s_axi_wdata[7:0];
                    12'h018: awake <= s_axi_wdata[0];
                    12'h020: source[31:0] <= s_axi_wdata;
                    12'h024: source[63:32] <= s_axi_wdata;
                    12'h028: destination[31:0] <= s_axi_wdata;
                    12'h02c: destination[63:32] <= s_axi_wdata;
                    12'h030: begin
                        m_axi_araddr  <= source;
                        m_axi_awaddr  <= destination;
                        m_axi_arlen   <= s_axi_wdata[7:0];
                        m_axi_awlen   <= s_axi_wdata[7:0];
                        first_strobe  <= s_axi_wdata[15:8];
                        m_axi_arvalid <= 1'b1;
                        read_resp     <= 2'b00;
                        state         <= READ;
                    end
                    12'h03c: fault <= s_axi_wdata[3:0];
                    default: ;
                endcase
            end

            // What AXI forbids. A channel waits for READY only while an earlier burst is in work, so these start a second one.
            if (fault == DROP_AR && state == DATA)
                m_axi_arvalid <= !m_axi_arvalid;
            if (fault == DROP_AW && state == BEATS)
                m_axi_awvalid <= !m_axi_awvalid;
            if (fault == DROP_W && state == DATA)
                m_axi_wvalid <= !m_axi_wvalid;
            if (fault == CHANGE_AW && state == BEATS) begin
                m_axi_awvalid <= 1'b1;
                m_axi_awaddr  <= m_axi_awaddr + 64'd8;
            end
            if (fault == FINISH)
                $finish;
        end
    end
endmodule

`default_nettype wire
