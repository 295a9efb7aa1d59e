// SPDX-License-Identifier: GPL-2.0-or-later
// The virtio block device (virtio 1.2, 5.2)
#include "virtio_block.h"
#include "virtio_test.h"

namespace {

enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8, OK = 0, IOERR = 1, UNSUPP = 2, NONE = 0xee };
enum { SECTOR = 512, SECTORS = 64, NUM = 16 };
constexpr uint64_t F_SEG_MAX = 1 << 2, F_RO = 1 << 5, F_FLUSH = 1 << 9;

class VirtioBlock : public VirtioTest {
protected:
    static constexpr uint64_t HEADER = BUFFERS, STATUS_BYTE = BUFFERS + 0x20, DATA = BUFFERS + 0x1000;

    VirtioBlock()
    {
        for (size_t i = 0; i < image.size(); i++)
            image[i] = (uint8_t)(i / SECTOR + i);
        attach(false);
    }
    /* A disk with 100 bytes that are no sector. */
    void attach(bool read_only)
    {
        vmm_place place = { BASE, SPI, LINE };
        virtio_block_disk disk = { image.data(), image.size(), read_only, "ingot-disk-0" };
        bus_init(&out.bus, out.bus.outside);
        EXPECT_TRUE(virtio_block_init(&block, &out.bus, &place, &disk));
        start(1, NUM);
    }
    void header(uint32_t type, uint64_t sector)
    {
        out.at<uint32_t>(HEADER) = type;
        out.at<uint32_t>(HEADER + 4) = 0;
        out.at<uint64_t>(HEADER + 8) = sector;
        out.at<uint8_t>(STATUS_BYTE) = NONE;
    }
    /* Header, data if there are any, status: the status that comes back. */
    unsigned request(uint32_t type, uint64_t sector, uint32_t len, uint16_t flags)
    {
        header(type, sector);
        if (len)
            chain(0, { { HEADER, 16, 0, 0 }, { DATA, len, flags, 0 }, { STATUS_BYTE, 1, WRITE, 0 } });
        else
            chain(0, { { HEADER, 16, 0, 0 }, { STATUS_BYTE, 1, WRITE, 0 } });
        uint16_t before = used_count(0);
        notify(0);
        EXPECT_EQ(broken() ? before : before + 1, used_count(0));
        return out.at<uint8_t>(STATUS_BYTE);
    }
    uint32_t written() { return used_len(0, used_count(0) - 1); }
    bool is_sector(uint64_t gpa, uint64_t sector) { return !memcmp(&out.at<char[SECTOR]>(gpa), &image[sector * SECTOR], SECTOR); }

    std::vector<uint8_t> image = std::vector<uint8_t>(SECTORS * SECTOR + 100);
    struct virtio_block block = {};
};

TEST_F(VirtioBlock, SaysWhatItIs)
{
    EXPECT_EQ(2u, get(DEVICE_ID));
    EXPECT_EQ(F_VERSION_1 | F_SEG_MAX | F_FLUSH, offered());
    EXPECT_EQ((uint64_t)SECTORS, out.read(BASE + CONFIG, 8));
    EXPECT_EQ((uint32_t)SECTORS, get(CONFIG));
    EXPECT_EQ(0u, get(CONFIG + 4));
    EXPECT_EQ(126u, get(CONFIG + 12)) << "seg_max";
    EXPECT_EQ(126u, out.read(BASE + CONFIG + 12, 1));
    EXPECT_EQ(0u, get(CONFIG + 16));
    set(QUEUE_SEL, 1);
    EXPECT_EQ(0u, get(QUEUE_NUM_MAX));
    set(DEVICE_FEATURES_SEL, 2);
    EXPECT_EQ(0u, get(DEVICE_FEATURES));
}

TEST_F(VirtioBlock, TheCapacityHasAllItsBytes)
{
    block.disk.size = UINT64_C(0x12345678abcdef) * SECTOR;
    EXPECT_EQ(0x12345678abcdefu, out.read(BASE + CONFIG, 8));
    EXPECT_EQ(0x78abcdefu, get(CONFIG));
    EXPECT_EQ(0x123456u, get(CONFIG + 4));
    EXPECT_EQ(0x78abu, out.read(BASE + CONFIG + 2, 2));
    EXPECT_EQ(0x34u, out.read(BASE + CONFIG + 5, 1));
}

TEST_F(VirtioBlock, ARequestFromBeforeDriverOkIsDone)
{
    ASSERT_TRUE(negotiate(F_VERSION_1));
    ASSERT_TRUE(queue(0, NUM));
    header(FLUSH, 0);
    chain(0, { { HEADER, 16, 0, 0 }, { STATUS_BYTE, 1, WRITE, 0 } });
    run();
    EXPECT_EQ(OK, out.at<uint8_t>(STATUS_BYTE));
}

TEST_F(VirtioBlock, ReadsSectors)
{
    EXPECT_EQ(OK, request(IN, 3, 2 * SECTOR, WRITE));
    EXPECT_TRUE(is_sector(DATA, 3));
    EXPECT_TRUE(is_sector(DATA + SECTOR, 4));
    EXPECT_EQ(0, out.at<uint8_t>(DATA + 2 * SECTOR));
    EXPECT_EQ(2u * SECTOR + 1, written());
    EXPECT_TRUE(out.irq[SPI]);
}

TEST_F(VirtioBlock, WritesSectors)
{
    const std::vector<uint8_t> before = image;
    memset(&out.at<char>(DATA), 0xa5, SECTOR);
    EXPECT_EQ(OK, request(OUT, 7, SECTOR, 0));
    EXPECT_EQ(1u, written());
    for (size_t i = 0; i < image.size(); i++)
        ASSERT_EQ(i / SECTOR == 7 ? 0xa5 : before[i], image[i]) << i;
}

TEST_F(VirtioBlock, TheLastSectorIsTheLast)
{
    EXPECT_EQ(OK, request(IN, SECTORS - 1, SECTOR, WRITE));
    EXPECT_TRUE(is_sector(DATA, SECTORS - 1));
    EXPECT_EQ(OK, request(IN, 0, SECTORS * SECTOR, WRITE));
}

/* What is not on the disk fails, and changes nothing. */
TEST_F(VirtioBlock, SectorsThatAreNotThereFail)
{
    const struct {
        uint64_t sector;
        uint32_t len;
    } requests[] = {
        { SECTORS, SECTOR }, { SECTORS - 1, 2 * SECTOR }, { SECTORS + 1, SECTOR }, { UINT64_MAX, SECTOR }, { UINT64_MAX, 2 * SECTOR },
        { UINT64_MAX / SECTOR + 1, SECTOR }, { UINT64_C(1) << 55, SECTOR }, { 0, 100 }, { 0, SECTOR + 1 },
    };
    const std::vector<uint8_t> before = image;
    for (auto [sector, len] : requests) {
        memset(&out.at<char>(DATA), 0x77, 2 * SECTOR);
        EXPECT_EQ(IOERR, request(IN, sector, len, WRITE)) << sector << " " << len;
        EXPECT_EQ(0x77, out.at<uint8_t>(DATA)) << sector << " " << len;
        EXPECT_EQ(0u, written()) << "the data have not been";
        EXPECT_EQ(IOERR, request(OUT, sector, len, 0)) << sector << " " << len;
        EXPECT_EQ(1u, written());
    }
    EXPECT_EQ(before, image);
    EXPECT_FALSE(broken());
}

TEST_F(VirtioBlock, AReadOnlyDiskIsReadOnly)
{
    attach(true);
    const std::vector<uint8_t> before = image;
    EXPECT_EQ(F_VERSION_1 | F_SEG_MAX | F_RO | F_FLUSH, offered());
    EXPECT_EQ(IOERR, request(OUT, 0, SECTOR, 0));
    EXPECT_EQ(before, image);
    EXPECT_EQ(OK, request(IN, 0, SECTOR, WRITE));
    EXPECT_TRUE(is_sector(DATA, 0));
}

TEST_F(VirtioBlock, FlushHasNothingToDo)
{
    EXPECT_EQ(OK, request(FLUSH, 0, 0, 0));
    EXPECT_EQ(1u, written());
}

TEST_F(VirtioBlock, TellsItsName)
{
    EXPECT_EQ(OK, request(GET_ID, 0, 20, WRITE));
    EXPECT_EQ(std::string("ingot-disk-0") + std::string(8, '\0'), text(DATA, 20));
    EXPECT_EQ(21u, written());
    EXPECT_EQ(OK, request(GET_ID, 0, 32, WRITE));
    EXPECT_EQ(20u, written()) << "up to the gap before the status";
    EXPECT_EQ(IOERR, request(GET_ID, 0, 19, WRITE));
}

TEST_F(VirtioBlock, OtherRequestsAreUnsupported)
{
    for (uint32_t type : { 2u, 11u, 13u, 0x80000000u, ~0u })
        EXPECT_EQ(UNSUPP, request(type, 0, SECTOR, WRITE)) << type;
    EXPECT_FALSE(broken());
}

TEST_F(VirtioBlock, TheLayoutOfDescriptorsDoesNotMatter)
{
    header(IN, 5);
    chain(0, { { HEADER, 5, 0, 0 }, { HEADER + 5, 11, 0, 0 }, { DATA, 100, WRITE, 0 }, { DATA + 100, 411, WRITE, 0 },
               { DATA + 511, 2, WRITE, 0 } });
    notify(0);
    EXPECT_TRUE(is_sector(DATA, 5));
    EXPECT_EQ(OK, out.at<uint8_t>(DATA + SECTOR)) << "the status is the last byte";
    EXPECT_EQ(513u, written());

    header(OUT, 6);
    memset(&out.at<char>(HEADER + 16), 0x3c, SECTOR);
    memset(&out.at<char>(HEADER + 16), 0x3b, 40);
    chain(0, { { HEADER, 16 + SECTOR - 9, 0, 0 }, { DATA + 9, 9, 0, 0 }, { DATA + 0x1000, 1, WRITE, 0 } });
    memset(&out.at<char>(DATA + 9), 0x3d, 9);
    notify(0);
    EXPECT_EQ(OK, out.at<uint8_t>(DATA + 0x1000));
    EXPECT_EQ(0x3b, image[6 * SECTOR]);
    EXPECT_EQ(0x3b, image[6 * SECTOR + 39]);
    EXPECT_EQ(0x3c, image[6 * SECTOR + 40]);
    EXPECT_EQ(0x3c, image[6 * SECTOR + SECTOR - 10]);
    EXPECT_EQ(0x3d, image[6 * SECTOR + SECTOR - 9]);
    EXPECT_EQ(0x3d, image[7 * SECTOR - 1]);
}

TEST_F(VirtioBlock, SeveralRequestsOfOneNotificationAreDoneInOrder)
{
    for (unsigned i = 0; i < 5; i++) {
        uint64_t place = BUFFERS + 0x100 * i;
        out.at<uint32_t>(place) = IN;
        out.at<uint64_t>(place + 8) = i * 2;
        chain(0, { { place, 16, 0, 0 }, { DATA + i * SECTOR, SECTOR, WRITE, 0 }, { place + 32, 1, WRITE, 0 } }, (uint16_t)(i * 3));
    }
    notify(0);
    EXPECT_EQ(5u, used_count(0));
    for (unsigned i = 0; i < 5; i++) {
        EXPECT_TRUE(is_sector(DATA + i * SECTOR, i * 2)) << i;
        EXPECT_EQ(i * 3, used_id(0, i));
    }
}

TEST_F(VirtioBlock, WorksOnAsTheRingWraps)
{
    for (unsigned i = 0; i < 100; i++) {
        EXPECT_EQ(OK, request(IN, i % SECTORS, SECTOR, WRITE));
        ASSERT_TRUE(is_sector(DATA, i % SECTORS)) << i;
    }
}

/* What no request fits into. */
TEST_F(VirtioBlock, AChainWithoutHeaderOrStatusBreaksTheDevice)
{
    const struct {
        const char *what;
        std::initializer_list<Descriptor> parts;
    } chains[] = {
        { "no status", { { HEADER, 16, 0, 0 } } },
        { "no status after data", { { HEADER, 16, 0, 0 }, { DATA, SECTOR, 0, 0 } } },
        { "no header", { { STATUS_BYTE, 1, WRITE, 0 } } },
        { "no header before data", { { DATA, SECTOR, WRITE, 0 }, { STATUS_BYTE, 1, WRITE, 0 } } },
        { "header too short", { { HEADER, 15, 0, 0 }, { STATUS_BYTE, 1, WRITE, 0 } } },
        { "header writable", { { HEADER, 16, WRITE, 0 }, { STATUS_BYTE, 1, WRITE, 0 } } },
        { "data to write after the status", { { HEADER, 16, 0, 0 }, { STATUS_BYTE, 1, WRITE, 0 }, { DATA, SECTOR, 0, 0 } } },
    };
    const std::vector<uint8_t> before = image;
    for (const auto &c : chains) {
        header(OUT, 0);
        chain(0, c.parts);
        notify(0);
        EXPECT_TRUE(broken()) << c.what;
        EXPECT_EQ(0u, used_count(0)) << c.what;
        EXPECT_EQ(NONE, out.at<uint8_t>(STATUS_BYTE)) << c.what;
        start(1, NUM);
    }
    EXPECT_EQ(before, image);
    EXPECT_EQ(OK, request(IN, 0, SECTOR, WRITE));
}

TEST_F(VirtioBlock, DataInTheWrongDirectionFailAlone)
{
    EXPECT_EQ(OK, request(IN, 0, SECTOR, 0)) << "no room for data: none are asked for";
    EXPECT_EQ(1u, written());
    const std::vector<uint8_t> before = image;
    EXPECT_EQ(OK, request(OUT, 0, SECTOR, WRITE)) << "no data";
    EXPECT_EQ(0u, written());
    EXPECT_EQ(before, image);
}

TEST_F(VirtioBlock, MemoryThatGoesAwayIsAnErrorOrBreaksTheDevice)
{
    unsigned done = 0;
    for (unsigned calls = 0; calls < 30; calls++) {
        header(calls % 2 ? IN : OUT, 1);
        chain(0, { { HEADER, 16, 0, 0 }, { DATA, SECTOR, (uint16_t)(calls % 2 ? WRITE : 0), 0 }, { STATUS_BYTE, 1, WRITE, 0 } });
        memset(&out.at<char>(DATA), 0, SECTOR);
        out.memory_calls = calls;
        notify(0);
        out.memory_calls = ~0u;
        EXPECT_TRUE(broken() || used_count(0) == 1) << calls;
        EXPECT_TRUE(out.at<uint8_t>(STATUS_BYTE) != OK || is_sector(DATA, 1)) << calls;
        done += !broken();
        start(1, NUM);
    }
    EXPECT_LT(4u, done);
    EXPECT_GT(26u, done);
}

TEST_F(VirtioBlock, AnEmptyDiskHasNoSectors)
{
    image.clear();
    attach(false);
    EXPECT_EQ(0u, get(CONFIG));
    EXPECT_EQ(IOERR, request(IN, 0, SECTOR, WRITE));
}

TEST_F(VirtioBlock, AResetKeepsTheDisk)
{
    memset(&out.at<char>(DATA), 0xa5, SECTOR);
    EXPECT_EQ(OK, request(OUT, 7, SECTOR, 0));
    bus_reset(&out.bus);
    EXPECT_FALSE(out.irq[SPI]);
    start(1, NUM);
    memset(&out.at<char>(DATA), 0, SECTOR);
    EXPECT_EQ(OK, request(IN, 7, SECTOR, WRITE));
    EXPECT_EQ(0xa5, out.at<uint8_t>(DATA));
}

} // namespace
