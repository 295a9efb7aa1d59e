// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: the engine: descriptor in, bursts, status and CRC back
`default_nettype none

module dmaq_engine (
    input  wire        aclk,
    input  wire        aresetn,

    input  wire        clear,           // drop everything; a burst on the bus ends first
    input  wire        go,              // there is a descriptor to be done
    input  wire [63:0] descriptor,      // its address, stable until the write-back
    output wire        working,         // a descriptor is in work
    output wire        draining,        // a dropped burst is still on the bus
    output reg         completed,       // one clock: written back, with status and flags of that descriptor
    output reg         halt,            // one clock: fetch or write-back failed
    output wire        failed,
    output reg         notify,

    output reg         start_read,
    output reg         start_write,
    output reg  [63:0] addr,
    output reg  [3:0]  last,
    output wire        put,
    output wire [63:0] put_data,
    input  wire        bus_busy,
    input  wire        bus_done,
    input  wire        bus_error,
    input  wire        beat,
    input  wire [63:0] beat_data,
    input  wire [255:0] head
);
    localparam [2:0] IDLE = 3'd0, FETCH = 3'd1, CHECK = 3'd2, BURST = 3'd3, READ = 3'd4, WRITE = 3'd5, BACK = 3'd6, DRAIN = 3'd7;
    localparam [2:0] OK = 3'd1, BAD_LENGTH = 3'd2, BAD_ALIGNMENT = 3'd3, BAD_SOURCE = 3'd4, BAD_DESTINATION = 3'd5;
    localparam [31:0] LENGTH_MAX = 32'd16777216;

    reg [2:0]  state, status;
    reg [63:0] source, destination;
    reg [21:0] left;                    // beats
    reg [31:0] crc;
    wire [31:0] crc_next;

    dmaq_crc crc_of_beat (.crc(crc), .data(beat_data), .next(crc_next));

    // The descriptor as fetched
    wire [63:0] in_source = head[63:0];
    wire [63:0] in_destination = head[127:64];
    wire [31:0] in_length = head[159:128];

    // The next burst: at most 16 beats, and on neither side across a 4 KiB boundary (AXI4 A3.4.1)
    wire [9:0] source_room = 10'd512 - {1'b0, source[11:3]};
    wire [9:0] destination_room = 10'd512 - {1'b0, destination[11:3]};
    wire [9:0] room = source_room < destination_room ? source_room : destination_room;
    wire [9:0] wanted = left > 22'd16 ? 10'd16 : left[9:0];
    wire [9:0] beats = wanted < room ? wanted : room;
    wire [6:0] moved = {3'd0, last} + 7'd1;

    assign working  = (state != IDLE && state != DRAIN) || completed || halt;
    assign draining = state == DRAIN;
    assign failed   = status != OK;
    assign put      = state == BACK && start_write;
    assign put_data = {status == OK ? ~crc : 32'd0, 29'd0, status};

    // The word written back goes into the buffer at the edge that starts its burst.
    task write_back(input [2:0] result);
        begin
            state       <= BACK;
            status      <= result;
            start_write <= 1'b1;
            addr        <= descriptor + 64'd24;
            last        <= 4'd0;
        end
    endtask

    always @(posedge aclk) begin
        if (!aresetn) begin
            state       <= IDLE;
            status      <= 3'd0;
            source      <= 64'd0;
            destination <= 64'd0;
            left        <= 22'd0;
            crc         <= 32'd0;
            completed   <= 1'b0;
            halt        <= 1'b0;
            notify      <= 1'b0;
            start_read  <= 1'b0;
            start_write <= 1'b0;
            addr        <= 64'd0;
            last        <= 4'd0;
        end else begin
            completed   <= 1'b0;
            halt        <= 1'b0;
            start_read  <= 1'b0;
            start_write <= 1'b0;
            if (beat && state == READ)
                crc <= crc_next;
            case (state)
            IDLE: if (go && !completed && !halt) begin
                state      <= FETCH;
                start_read <= 1'b1;
                addr       <= descriptor;
                last       <= 4'd3;
            end
            FETCH: if (bus_done) begin
                halt  <= bus_error;
                state <= bus_error ? IDLE : CHECK;
            end
            CHECK: begin
                source      <= in_source;
                destination <= in_destination;
                left        <= in_length[24:3];
                notify      <= head[160];
                crc         <= 32'hffffffff;
                if (in_length == 32'd0 || in_length[2:0] != 3'd0 || in_length > LENGTH_MAX)
                    write_back(BAD_LENGTH);
                else if (in_source[2:0] != 3'd0 || in_destination[2:0] != 3'd0)
                    write_back(BAD_ALIGNMENT);
                else
                    state <= BURST;
            end
            BURST: begin
                state      <= READ;
                start_read <= 1'b1;
                addr       <= source;
                last       <= beats[3:0] - 4'd1;
            end
            READ: if (bus_done) begin
                if (bus_error) begin
                    write_back(BAD_SOURCE);
                end else begin
                    state       <= WRITE;
                    start_write <= 1'b1;
                    addr        <= destination;
                end
            end
            WRITE: if (bus_done) begin
                source      <= source + {54'd0, moved, 3'd0};
                destination <= destination + {54'd0, moved, 3'd0};
                left        <= left - {15'd0, moved};
                if (bus_error)
                    write_back(BAD_DESTINATION);
                else if (left == {15'd0, moved})
                    write_back(OK);
                else
                    state <= BURST;
            end
            BACK: if (bus_done) begin
                state     <= IDLE;
                completed <= !bus_error;
                halt      <= bus_error;
            end
            DRAIN: if (bus_done)
                state <= IDLE;
            endcase
            if (clear) begin
                state       <= bus_busy || start_read || start_write ? DRAIN : IDLE;
                completed   <= 1'b0;
                halt        <= 1'b0;
                start_read  <= 1'b0;
                start_write <= 1'b0;
            end
        end
    end

    wire unused = &{1'b0, head[255:161], beats[9:4]};
endmodule

`default_nettype wire
