package dev.tidemark.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogueFileTest {
  private static final Path FILE = Path.of("CATALOGUE");
  private static final byte[] STORE = LogDirectory.STORE_ID;

  private static final Catalogue ONE =
      new Catalogue(
          1,
          VersionVector.EMPTY,
          VersionVector.of(9, 3),
          List.of(
              new SegmentInfo(
                  2,
                  SegmentInfo.Kind.RAW,
                  1,
                  300,
                  300,
                  4096,
                  0x11223344,
                  List.of(new OriginCoverage(7, 0, 300, 1000, VersionVector.of(9, 4), 0, 0xabcdL)),
                  true)));

  @Test
  void hasTheseBytes() {
    assertThat(HexFormat.of().formatHex(CatalogueFile.encode(ONE, STORE)))
        .isEqualTo(
            "544d4354" // magic
                + "0300" // version
                + "0000" // reserved
                + "30313233343536373839616263646566" // store id
                + "0100000000000000" // first position
                + "00" // cut
                + "01090000000000000003" // bare
                + "01" // segments
                + "0200000000000000" // number
                + "01" // kind
                + "0100000000000000" // first position
                + "2c01000000000000" // last position
                + "ac02" // entries
                + "0010000000000000" // bytes
                + "44332211" // checksum
                + "01" // origins
                + "0700000000000000" // replica
                + "00" // before
                + "ac02" // after
                + "e803000000000000" // last stamp
                + "01090000000000000004" // summary
                + "0000000000000000" // chain before
                + "cdab000000000000" // chain after
                + "cbb452a6"); // checksum
  }

  @Test
  void readsWhatItWrote() {
    byte[] bytes = CatalogueFile.encode(ONE, STORE);
    CatalogueFile.Read read = CatalogueFile.decode(FILE, bytes, STORE);
    assertThat(read.catalogue()).isEqualTo(ONE);
    assertThat(read.storeId()).isEqualTo(STORE);
  }

  @Test
  void seesEveryChangedByteAfterTheMagic() {
    byte[] bytes = CatalogueFile.encode(ONE, STORE);
    for (int at = 4; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> CatalogueFile.decode(FILE, changed, STORE))
          .isInstanceOf(DamagedException.class);
    }
  }

  @Test
  void refusesSegmentsThatLeaveAGap() {
    SegmentInfo first = ONE.segments().get(0);
    SegmentInfo third = new SegmentInfo(3, first.kind(), 302, 303, 2, 10, 0, List.of(), true);
    byte[] bytes = CatalogueFile.encode(ONE.with(third), STORE);
    assertThatThrownBy(() -> CatalogueFile.decode(FILE, bytes, STORE))
        .isInstanceOf(MalformedException.class);
  }
}
