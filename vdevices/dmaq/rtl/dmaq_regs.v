// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: registers, ring indices, interrupt and its coalescing
`default_nettype none

module dmaq_regs (
    input  wire        aclk,
    input  wire        aresetn,

    input  wire        write,
    input  wire [11:0] write_addr,
    input  wire [31:0] write_data,
    input  wire [11:0] read_addr,
    output reg  [31:0] read_data,

    output wire        clear,           // CTRL.RESET is being written
    output wire        go,
    output wire [63:0] descriptor,
    input  wire        working,
    input  wire        draining,
    input  wire        completed,
    input  wire        halt,
    input  wire        failed,
    input  wire        notify,

    output wire        counting,        // the coalescing timeout runs
    output wire        irq
);
    localparam [11:0] ID = 12'h00, VERSION = 12'h04, CTRL = 12'h08, STATUS = 12'h0c, RING_LO = 12'h10, RING_HI = 12'h14,
        RING_SIZE = 12'h18, TAIL = 12'h1c, HEAD = 12'h20, IRQ_STATUS = 12'h24, IRQ_ENABLE = 12'h28, COALESCE = 12'h2c,
        COMPLETED = 12'h30, ERR_INDEX = 12'h34;

    reg         enable, halted;
    reg [58:0]  ring;                   // address bits 63:5
    reg [3:0]   ring_log2;
    reg [9:0]   tail, head, err_index;
    reg         irq_done, irq_error, enable_done, enable_error;
    reg [7:0]   count;
    reg [15:0]  timeout;
    reg [31:0]  completions;
    reg [8:0]   unreported;             // below 256: COUNT reports the 255th at the latest
    reg [21:0]  clocks_left;

    wire [9:0] index_mask = 10'h3ff >> (4'd10 - ring_log2);
    wire       pending = enable && !halted && head != tail;
    wire       busy = working || draining || pending;

    assign clear      = write && write_addr == CTRL && write_data[1];
    assign go         = pending;
    assign descriptor = {ring + {49'd0, head}, 5'd0};
    assign irq        = (irq_done && enable_done) || (irq_error && enable_error);
    assign counting   = clocks_left != 22'd0;

    // COALESCE: a completion is reported at once, or waits for others
    wire [8:0] waiting = unreported + 9'd1;
    wire       report_now = failed || notify || waiting >= {1'b0, count};
    wire       expires = clocks_left == 22'd1;

    always @(posedge aclk) begin
        if (!aresetn || clear) begin
            enable       <= 1'b0;
            halted       <= 1'b0;
            ring         <= 59'd0;
            ring_log2    <= 4'd1;
            tail         <= 10'd0;
            head         <= 10'd0;
            err_index    <= 10'd0;
            irq_done     <= 1'b0;
            irq_error    <= 1'b0;
            enable_done  <= 1'b0;
            enable_error <= 1'b0;
            count        <= 8'd0;
            timeout      <= 16'd0;
            completions  <= 32'd0;
            unreported   <= 9'd0;
            clocks_left  <= 22'd0;
        end else begin
            if (write) begin
                case (write_addr)
                CTRL:
                    enable <= write_data[0];
                RING_LO:
                    if (!enable && !working)
                        ring[26:0] <= write_data[31:5];
                RING_HI:
                    if (!enable && !working)
                        ring[58:27] <= write_data;
                RING_SIZE:
                    if (!enable && !working) begin
                        ring_log2 <= write_data == 32'd0 ? 4'd1 : write_data > 32'd10 ? 4'd10 : write_data[3:0];
                        head      <= 10'd0;
                        tail      <= 10'd0;
                    end
                TAIL:
                    tail <= write_data[9:0] & index_mask;
                IRQ_STATUS: begin
                    irq_done  <= irq_done && !write_data[0];
                    irq_error <= irq_error && !write_data[1];
                end
                IRQ_ENABLE:
                    {enable_error, enable_done} <= write_data[1:0];
                COALESCE:
                    {timeout, count} <= {write_data[31:16], write_data[7:0]};
                default: ;
                endcase
            end

            // An event at the edge that clears IRQ_STATUS is not lost
            if (counting)
                clocks_left <= clocks_left - 22'd1;
            if (expires) begin
                irq_done   <= 1'b1;
                unreported <= 9'd0;
            end
            if (completed) begin
                head        <= (head + 10'd1) & index_mask;
                completions <= completions + 32'd1;
                if (report_now) begin
                    irq_done    <= 1'b1;
                    unreported  <= 9'd0;
                    clocks_left <= 22'd0;
                end else if (expires || unreported == 9'd0) begin
                    unreported  <= 9'd1;
                    clocks_left <= {timeout, 6'd0};
                end else begin
                    unreported  <= waiting;
                end
            end
            if (halt)
                halted <= 1'b1;
            if (halt || (completed && failed)) begin
                irq_error <= 1'b1;
                err_index <= head;
            end
        end
    end

    always @* begin
        case (read_addr)
        ID:         read_data = 32'h444d4151;
        VERSION:    read_data = 32'd1;
        CTRL:       read_data = {31'd0, enable};
        STATUS:     read_data = {30'd0, halted, busy};
        RING_LO:    read_data = {ring[26:0], 5'd0};
        RING_HI:    read_data = ring[58:27];
        RING_SIZE:  read_data = {28'd0, ring_log2};
        TAIL:       read_data = {22'd0, tail};
        HEAD:       read_data = {22'd0, head};
        IRQ_STATUS: read_data = {30'd0, irq_error, irq_done};
        IRQ_ENABLE: read_data = {30'd0, enable_error, enable_done};
        COALESCE:   read_data = {timeout, 8'd0, count};
        COMPLETED:  read_data = completions;
        ERR_INDEX:  read_data = {22'd0, err_index};
        default:    read_data = 32'd0;
        endcase
    end
endmodule

`default_nettype wire
