// SPDX-License-Identifier: GPL-2.0-or-later
// A Wishbone core as one finds them, for tests: other names, word addresses, active-high reset; it copies words as a master
//
// 0 SRC (byte address)   1 DST   2 COUNT: starts, counts down to 0, then irq   3 SCRATCH   4 FAULT (1: STB falls early,
// 2: the address changes, 3: ACK without a cycle, 4: never an ACK)   8 and up: ERR; 12 and up: RTY once, then as 3
module wb_copier (
    input  wire        clk,
    input  wire        rst,
    input  wire [3:0]  adr_i,
    input  wire [31:0] dat_i,
    output reg  [31:0] dat_o,
    input  wire        we_i,
    input  wire [3:0]  sel_i,
    input  wire        stb_i,
    input  wire        cyc_i,
    output reg         ack_o,
    output reg         err_o,
    output reg         rty_o,
    output reg  [31:0] m_adr,
    input  wire [31:0] m_dat_i,
    output reg  [31:0] m_dat_o,
    output reg         m_we,
    output reg  [3:0]  m_sel,
    output reg         m_stb,
    output reg         m_cyc,
    input  wire        m_ack,
    input  wire        m_err,
    output reg         int_o
);
    reg [31:0] src, dst, count, scratch;
    reg [2:0]  fault;
    reg        retried, failed;
    integer    i;

    wire access = stb_i & cyc_i & !ack_o & !err_o & !rty_o & fault != 4;

    always @(posedge clk) begin
        if (rst) begin
            {src, dst, count, scratch, m_adr, m_dat_o, dat_o} <= 0;
            {ack_o, err_o, rty_o, m_we, m_stb, m_cyc, int_o, retried, failed, fault} <= 0;
            m_sel <= 4'hf;
        end else begin
            ack_o <= access && (adr_i < 8 || (adr_i >= 12 && retried));
            err_o <= access && adr_i >= 8 && adr_i < 12;
            rty_o <= access && adr_i >= 12 && !retried;
            if (access)
                retried <= adr_i >= 12 && !retried;
            if (access && !we_i)
                case (adr_i)
                    0: dat_o <= src;
                    1: dat_o <= dst;
                    2: dat_o <= count;
                    5: dat_o <= {31'b0, failed};
                    default: dat_o <= scratch;
                endcase
            if (access && we_i)
                case (adr_i)
                    0: src <= dat_i;
                    1: dst <= dat_i;
                    2: begin count <= dat_i; int_o <= 0; failed <= 0; end
                    4: fault <= dat_i[2:0];
                    default:
                        for (i = 0; i < 4; i = i + 1)
                            if (sel_i[i]) scratch[8*i +: 8] <= dat_i[8*i +: 8];
                endcase
            if (fault == 3)
                ack_o <= 1;

            if (!m_cyc && count != 0) begin
                m_cyc <= 1; m_stb <= 1; m_we <= 0; m_adr <= src;
            end else if (m_cyc && (m_ack || m_err)) begin
                failed <= failed | m_err;
                if (!m_we) begin
                    m_we <= 1; m_adr <= dst; m_dat_o <= m_dat_i;
                end else begin
                    m_cyc <= 0; m_stb <= 0; m_we <= 0;
                    src <= src + 4; dst <= dst + 4; count <= count - 1;
                    int_o <= count == 1;
                end
            end else if (m_cyc && fault == 1)
                m_stb <= 0;
            else if (m_cyc && fault == 2)
                m_adr <= m_adr + 4;
        end
    end
endmodule
