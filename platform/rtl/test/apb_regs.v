// SPDX-License-Identifier: GPL-2.0-or-later
// Registers behind APB4, for tests: 0x0-0xc words; 0x10 WAIT states of each later access; 0x14 SILENT; 0x800 and up: PSLVERR
`default_nettype none

module apb_regs (
    input  wire        pclk,
    input  wire        presetn,
    input  wire [11:0] paddr,
    input  wire        psel,
    input  wire        penable,
    input  wire        pwrite,
    input  wire [31:0] pwdata,
    input  wire [3:0]  pstrb,
    output wire [31:0] prdata,
    output wire        pready,
    output wire        pslverr,
    output wire        irq
);
    reg [31:0] words [0:3];
    reg [7:0]  wait_states, waited;
    reg        silent;
    integer    i;

    wire access = psel && penable;
    assign pready  = access && waited == wait_states && !silent;
    assign pslverr = pready && paddr[11];
    assign prdata  = paddr == 12'h010 ? {24'd0, wait_states} : words[paddr[3:2]];
    assign irq     = words[0][0];
    wire unused = &{1'b0, paddr[10:5], paddr[1:0]};

    always @(posedge pclk) begin
        if (!presetn) begin
            for (i = 0; i < 4; i = i + 1)
                words[i] <= 32'd0;
            wait_states <= 8'd0;
            waited <= 8'd0;
            silent <= 1'b0;
        end else begin
            waited <= access && !pready ? waited + 8'd1 : 8'd0;
            if (pready && pwrite && !paddr[11])
                case (paddr[4:2])
                    3'd4: wait_states <= pwdata[7:0];
                    3'd5: silent <= pwdata[0];
                    default:
                        for (i = 0; i < 4; i = i + 1)
                            if (pstrb[i])
                                words[paddr[3:2]][i * 8 +: 8] <= pwdata[i * 8 +: 8];
                endcase
        end
    end
endmodule

`default_nettype wire
