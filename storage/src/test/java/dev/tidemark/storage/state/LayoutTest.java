package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.hex;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The bytes of every value in the state, so that no change of code changes what is stored. */
class LayoutTest {
  @Test
  void headRecordIsDigestCountAndHead() {
    StoredHead head = new StoredHead(0x0102030405060708L, 300, new byte[] {9, 10});

    assertThat(hex(head.encode())).isEqualTo("0807060504030201" + "ac02" + "090a");
    StoredHead decoded = StoredHead.decode(head.encode());
    assertThat(decoded.digest()).isEqualTo(head.digest());
    assertThat(decoded.liveCells()).isEqualTo(300);
    assertThat(decoded.head()).isEqualTo(head.head());
  }

  @Test
  void headRecordThatEndsTooEarlyIsRefused() {
    assertThatThrownBy(() -> StoredHead.decode(new byte[8])).isInstanceOf(MalformedException.class);
  }

  @Test
  void originRowIsSequenceStampChainAndVector() {
    OriginRow row = new OriginRow(5, 0x11, 0x22, VersionVector.of(7, 3));

    assertThat(hex(row.encode()))
        .isEqualTo(
            "05" + "1100000000000000" + "2200000000000000" + "01" + "0700000000000000" + "03");
    assertThat(OriginRow.decode(row.encode())).isEqualTo(row);
  }

  @Test
  void floorIsHorizonAndVector() {
    Floor floor = new Floor(0x33, VersionVector.of(7, 3));

    assertThat(hex(floor.encode()))
        .isEqualTo("3300000000000000" + "01" + "0700000000000000" + "03");
    assertThat(Floor.decode(floor.encode())).isEqualTo(floor);
  }

  @Test
  void bytesBehindARowAreRefused() {
    byte[] row = new OriginRow(5, 1, 2, VersionVector.EMPTY).encode();
    byte[] longer = Arrays.copyOf(row, row.length + 1);

    assertThatThrownBy(() -> OriginRow.decode(longer)).isInstanceOf(MalformedException.class);
  }

  @Test
  void metaNamesAreAsciiAndOriginsSortByUnsignedReplica() {
    assertThat(new String(MetaLayout.APPLIED, StandardCharsets.US_ASCII)).isEqualTo("applied");
    assertThat(new String(MetaLayout.CLOCK, StandardCharsets.US_ASCII)).isEqualTo("clock");
    assertThat(new String(MetaLayout.SCHEMA, StandardCharsets.US_ASCII)).isEqualTo("schema");
    assertThat(new String(MetaLayout.FLOOR, StandardCharsets.US_ASCII)).isEqualTo("floor");
    assertThat(new String(MetaLayout.FORMAT, StandardCharsets.US_ASCII)).isEqualTo("format");
    assertThat(hex(MetaLayout.origin(0x0102)))
        .isEqualTo(hex(ascii("origin/")) + "0000000000000102");
    assertThat(MetaLayout.replica(MetaLayout.origin(-2))).isEqualTo(-2);
    assertThat(Arrays.compareUnsigned(MetaLayout.origin(1), MetaLayout.origin(-1))).isNegative();
    assertThat(Arrays.compareUnsigned(MetaLayout.origin(-1), MetaLayout.PAST_ORIGINS)).isNegative();
  }

  @Test
  void metaNumbersAreEightBytesLittleEndian() {
    assertThat(hex(MetaLayout.number(0x0102))).isEqualTo("0201000000000000");
    assertThat(MetaLayout.number(MetaLayout.number(-5))).isEqualTo(-5);
    assertThat(hex(MetaLayout.format())).isEqualTo("01");
  }

  @Test
  void digestTermsNeverChange() {
    assertThat(CellDigest.ofHead(new byte[0])).isEqualTo(HEAD_OF_NOTHING);
    assertThat(CellDigest.ofHead(new byte[] {1})).isEqualTo(HEAD_OF_ONE);
    assertThat(CellDigest.ofCell(utf8("id"), ascii("cell"))).isEqualTo(CELL);
  }

  @Test
  void digestTellsHeadFromCellAndIdFromContent() {
    assertThat(CellDigest.ofCell(Bytes.EMPTY, ascii("x")))
        .isNotEqualTo(CellDigest.ofHead(ascii("x")));
    assertThat(CellDigest.ofCell(utf8("ab"), ascii("c")))
        .isNotEqualTo(CellDigest.ofCell(utf8("a"), ascii("bc")));
  }

  private static final long HEAD_OF_NOTHING = 0x399575771b9e3deaL;
  private static final long HEAD_OF_ONE = 0xb180ab1770a420e9L;
  private static final long CELL = 0x9619090acb60dfd8L;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
