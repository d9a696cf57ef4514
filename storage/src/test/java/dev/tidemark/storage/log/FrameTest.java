package dev.tidemark.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FrameTest {
  @Test
  void hasTheseBytes() {
    byte[] entry = new byte[FrameLayout.BODY + 5];
    System.arraycopy(new byte[] {1, 2, 3, 4, 5}, 0, entry, FrameLayout.BODY, 5);
    int checksum = new Frame().write(entry, 5, 1, 0x0102030405060708L, 0x0a0b0c0d);
    assertThat(HexFormat.of().formatHex(entry))
        .isEqualTo(
            "544d" // magic
                + "01" // version
                + "01" // kind
                + "05000000" // body length
                + "0807060504030201" // position
                + "0d0c0b0a" // store tag
                + "8de111da" // checksum
                + "0102030405");
    assertThat(Frame.storedChecksum(entry, 0)).isEqualTo(checksum);
    assertThat(new Frame().checksum(entry, 0, 5)).isEqualTo(checksum);
  }
}
