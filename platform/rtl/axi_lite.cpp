// SPDX-License-Identifier: GPL-2.0-or-later
// AXI4-Lite master: handshakes of one access
#include "platform/rtl/axi_lite.h"

#include <stdexcept>

namespace ingot {

enum { OKAY = 0, EXOKAY = 1, SLVERR = 2 };     // AXI4 A3.4.4; EXOKAY does not exist in AXI4-Lite (B1.1.1)

void AxiLite::release()
{
    *p_.awvalid = *p_.wvalid = *p_.bready = *p_.arvalid = *p_.rready = 0;
    active_ = false;
}

void AxiLite::start(bool write, uint64_t addr, unsigned, uint64_t data)
{
    if (write) {
        *p_.awaddr = addr;
        *p_.wdata = data;
        *p_.wstrb = 0xf;
        *p_.awvalid = *p_.wvalid = *p_.bready = 1;
    } else {
        *p_.araddr = addr;
        *p_.arvalid = *p_.rready = 1;
    }
    active_ = true;
    write_ = write;
    done_ = false;
}

const char *AxiLite::missing() const
{
    if (!write_) {
        return *p_.arvalid ? "s_axi_arready" : "s_axi_rvalid";
    }
    return *p_.awvalid ? "s_axi_awready" : *p_.wvalid ? "s_axi_wready" : "s_axi_bvalid";
}

void AxiLite::sample_access()
{
    bool reads = active_ && !write_, writes = active_ && write_;
    if (*p_.rvalid && (!reads || *p_.arvalid)) {
        throw std::runtime_error("s_axi_rvalid without a read whose address was taken (AXI A3.3.1)");
    }
    if (*p_.bvalid && (!writes || *p_.awvalid || *p_.wvalid)) {
        throw std::runtime_error("s_axi_bvalid without a write whose address and data were taken (AXI A3.3.1)");
    }
    takes_addr_ = write_ ? *p_.awready : *p_.arready;
    takes_data_ = *p_.wready;
    if (*p_.rvalid || *p_.bvalid) {
        uint8_t resp = write_ ? *p_.bresp : *p_.rresp;
        if (resp == EXOKAY) {
            throw std::runtime_error(write_ ? "s_axi_bresp is EXOKAY (AXI B1.1.1)" : "s_axi_rresp is EXOKAY (AXI B1.1.1)");
        }
        result_ = resp == OKAY ? SEAM_OK : resp == SLVERR ? SEAM_SLAVE_ERROR : SEAM_DECODE_ERROR;
        data_ = write_ ? 0 : *p_.rdata;
        done_ = true;
    }
}

void AxiLite::drive_access()
{
    if (done_) {
        release();
    } else if (write_) {
        *p_.awvalid = *p_.awvalid && !takes_addr_;
        *p_.wvalid = *p_.wvalid && !takes_data_;
    } else {
        *p_.arvalid = *p_.arvalid && !takes_addr_;
    }
}

}  // namespace ingot
