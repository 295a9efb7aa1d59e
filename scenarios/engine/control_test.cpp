/* SPDX-License-Identifier: GPL-2.0-or-later
 * The engine's end of the control protocol, against lines of a board that are written by hand
 */
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "scenarios/engine/control.h"

namespace {

struct Control : testing::Test {
    char dir[32] = "/tmp/ingot-test-XXXXXX";
    std::string path, said;
    struct control *control = nullptr;
    int board = -1;
    char err[256] = "";

    static void console(void *data, const char *device, const char *bytes, size_t len)
    {
        static_cast<Control *>(data)->said += std::string(device) + ":" + std::string(bytes, len) + ";";
    }
    void SetUp() override
    {
        ASSERT_TRUE(mkdtemp(dir));
        path = std::string(dir) + "/c";
        control = control_listen(path.c_str(), console, this, err, sizeof err);
        ASSERT_TRUE(control) << err;
        sockaddr_un addr = {};
        addr.sun_family = AF_UNIX;
        strcpy(addr.sun_path, path.c_str());
        board = socket(AF_UNIX, SOCK_STREAM, 0);
        ASSERT_EQ(connect(board, reinterpret_cast<sockaddr *>(&addr), sizeof addr), 0);
    }
    void TearDown() override
    {
        hang_up();
        if (control)
            control_close(control);
        EXPECT_EQ(rmdir(dir), 0) << "something is left in " << dir;
    }
    void say(const std::string &lines) { ASSERT_EQ(write(board, lines.data(), lines.size()), ssize_t(lines.size())); }
    void hang_up()
    {
        if (board >= 0)
            close(board);
        board = -1;
    }
    void meet()
    {
        say("hello ingot-board 1 cores=2 devices=uart0,uart1\nheld 0 start\n");
        ASSERT_EQ(control_accept(control, err, sizeof err), 0) << err;
    }
    std::string heard()
    {
        char buf[4096];
        ssize_t n = read(board, buf, sizeof buf);
        return std::string(buf, n > 0 ? n : 0);
    }
};

TEST_F(Control, ABoardIsMetHeldAtTimeZero)
{
    uint64_t time = 1;
    const char *reason;
    meet();
    ASSERT_EQ(control_wait(control, &time, &reason, err, sizeof err), 0);
    EXPECT_EQ(time, 0u);
    EXPECT_STREQ(reason, "start");
}

TEST_F(Control, AnotherProtocolIsRefused)
{
    say("hello ingot-board 2 cores=1 devices=a\n");
    EXPECT_EQ(control_accept(control, err, sizeof err), -1);
    EXPECT_NE(strstr(err, "another protocol"), nullptr) << err;
}

TEST_F(Control, ConsoleOutputComesBeforeTheAnswerThatFollowsIt)
{
    const char *words;
    meet();
    say("console uart0 a%20b%0A\nconsole uart1 %00x\nok 2 11 22\n");
    ASSERT_EQ(control_command(control, "cores", &words, err, sizeof err), 0) << err;
    EXPECT_STREQ(words, "2 11 22");
    EXPECT_EQ(said, std::string("uart0:a b\n;uart1:\0x;", 20));
    EXPECT_EQ(heard(), "cores\n");
}

TEST_F(Control, TheBoardsErrorIsToldInItsWords)
{
    meet();
    say("error send:%20no%20such%20device\n");
    EXPECT_EQ(control_command(control, "send x y", nullptr, err, sizeof err), -1);
    EXPECT_STREQ(err, "send: no such device");
}

TEST_F(Control, AHoldThatComesWithTheAnswerIsKept)
{
    uint64_t time;
    const char *reason;
    meet();
    ASSERT_EQ(control_wait(control, &time, &reason, err, sizeof err), 0);
    say("ok\nheld 1234 watch 7 8\n");
    ASSERT_EQ(control_command(control, "go", nullptr, err, sizeof err), 0);
    ASSERT_EQ(control_wait(control, &time, &reason, err, sizeof err), 0);
    EXPECT_EQ(time, 1234u);
    EXPECT_STREQ(reason, "watch 7 8");
}

TEST_F(Control, AReasonIsToldInTheBoardsWords)
{
    uint64_t time;
    const char *reason;
    meet();
    ASSERT_EQ(control_wait(control, &time, &reason, err, sizeof err), 0);
    say("ok\nheld 5 error trace%20x:%20disk%20full\n");
    ASSERT_EQ(control_command(control, "go", nullptr, err, sizeof err), 0);
    ASSERT_EQ(control_wait(control, &time, &reason, err, sizeof err), 0);
    EXPECT_STREQ(reason, "error trace x: disk full");
}

TEST_F(Control, LinesArriveInPieces)
{
    meet();
    std::string text(200000, 'x');
    std::thread board_side([&] {
        for (const std::string &piece : { std::string("conso"), "le uart0 " + text, std::string("%0"), std::string("A\no"), std::string("k\n") })
            EXPECT_EQ(write(board, piece.data(), piece.size()), ssize_t(piece.size()));
    });
    EXPECT_EQ(control_command(control, "unwatch 1", nullptr, err, sizeof err), 0) << err;
    board_side.join();
    EXPECT_EQ(said, "uart0:" + text + "\n;");
}

TEST_F(Control, AnEndedBoardIsNoAnswer)
{
    meet();
    hang_up();
    EXPECT_EQ(control_command(control, "go", nullptr, err, sizeof err), -1);
    EXPECT_TRUE(control_lost(control));
    EXPECT_STREQ(err, "the board has ended");
}

TEST_F(Control, ATornEscapeIsAnotherProtocol)
{
    uint64_t time;
    const char *reason;
    meet();
    ASSERT_EQ(control_wait(control, &time, &reason, err, sizeof err), 0);
    say("console uart0 %4\n");
    EXPECT_EQ(control_command(control, "cores", nullptr, err, sizeof err), -1);
    EXPECT_NE(strstr(err, "another protocol"), nullptr) << err;
}

TEST(ControlPath, ATooLongOneIsRefusedWithTheRemedy)
{
    char err[512];
    std::string path = "/tmp/" + std::string(120, 'x');
    EXPECT_EQ(control_listen(path.c_str(), nullptr, nullptr, err, sizeof err), nullptr);
    EXPECT_NE(strstr(err, "shorter"), nullptr) << err;
}

}  // namespace
