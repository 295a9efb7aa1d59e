// SPDX-License-Identifier: GPL-2.0-or-later
// gpio: 8 outputs that loop back to its inputs, and an interrupt on their rising edges; Wishbone B4 classic
`default_nettype none

module gpio (
    input  wire        wb_clk_i,
    input  wire        wb_rst_i,
    input  wire [4:0]  wb_adr_i,
    input  wire [31:0] wb_dat_i,
    output reg  [31:0] wb_dat_o,
    input  wire        wb_we_i,
    input  wire [3:0]  wb_sel_i,
    input  wire        wb_stb_i,
    input  wire        wb_cyc_i,
    output reg         wb_ack_o,
    output wire        irq
);
    localparam [2:0] ID = 0, OUT = 1, IN = 2, ENABLE = 3, PENDING = 4;

    reg [7:0] out, seen, enable, pending;
    wire [7:0] in = out;
    wire access = wb_cyc_i && wb_stb_i && !wb_ack_o;
    wire write  = access && wb_we_i && wb_sel_i[0];
    wire unused = &{1'b0, wb_adr_i[1:0], wb_dat_i[31:8], wb_sel_i[3:1]};

    assign irq = |(pending & enable);

    always @(posedge wb_clk_i) begin
        if (wb_rst_i) begin
            {out, seen, enable, pending} <= 32'd0;
            wb_dat_o <= 32'd0;
            wb_ack_o <= 1'b0;
        end else begin
            wb_ack_o <= access;
            seen     <= in;
            pending  <= (pending | (in & ~seen)) & ~(write && wb_adr_i[4:2] == PENDING ? wb_dat_i[7:0] : 8'd0);
            if (write && wb_adr_i[4:2] == OUT)
                out <= wb_dat_i[7:0];
            if (write && wb_adr_i[4:2] == ENABLE)
                enable <= wb_dat_i[7:0];
            if (access)
                case (wb_adr_i[4:2])
                    ID:      wb_dat_o <= 32'h4750494f;
                    OUT:     wb_dat_o <= {24'd0, out};
                    IN:      wb_dat_o <= {24'd0, in};
                    ENABLE:  wb_dat_o <= {24'd0, enable};
                    PENDING: wb_dat_o <= {24'd0, pending};
                    default: wb_dat_o <= 32'd0;
                endcase
        end
    end
endmodule

`default_nettype wire
