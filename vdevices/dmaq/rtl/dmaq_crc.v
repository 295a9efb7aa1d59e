// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: CRC-32C of eight bytes in one step
//
// Each bit of the next CRC is the parity of those bits of (data ^ crc) that reach it (RFC 3720 B.4, reflected: bit 0 of
// the lowest byte goes first). Which ones is computed at elaboration, from the bit-serial form.
`default_nettype none

module dmaq_crc (
    input  wire [31:0] crc,
    input  wire [63:0] data,
    output wire [31:0] next
);
    localparam [31:0] POLYNOMIAL = 32'h82f63b78;

    // CRC after 64 steps, from 0, of a word with only bit `one` set.
    function [31:0] serial(input integer one);
        integer i;
        reg [31:0] c;
        begin
            c = 32'd0;
            for (i = 0; i < 64; i = i + 1)
                c = (c >> 1) ^ ((c[0] ^ (i == one)) ? POLYNOMIAL : 32'd0);
            serial = c;
        end
    endfunction

    // Bits of the word that reach bit `target` of the CRC.
    function [63:0] reach(input integer target);
        integer k;
        begin
            for (k = 0; k < 64; k = k + 1)
                reach[k] = (serial(k) & (32'd1 << target)) != 32'd0;
        end
    endfunction

    wire [63:0] word = data ^ {32'd0, crc};

    genvar b;
    generate
        for (b = 0; b < 32; b = b + 1) begin : g_bit
            localparam [63:0] REACH = reach(b);
            assign next[b] = ^(word & REACH);
        end
    endgenerate
endmodule

`default_nettype wire
