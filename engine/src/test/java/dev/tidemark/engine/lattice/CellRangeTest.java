package dev.tidemark.engine.lattice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import org.junit.jupiter.api.Test;

class CellRangeTest {
  private static final Bytes A = Bytes.utf8("a");
  private static final Bytes A0 = Bytes.utf8("a\0");

  private static Bytes bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Bytes.wrap(bytes);
  }

  @Test
  void aPrefixHoldsWhatBeginsWithItAndNothingElse() {
    CellRange range = CellRange.prefix(A);
    assertThat(range.contains(A)).isTrue();
    assertThat(range.contains(A0)).isTrue();
    assertThat(range.contains(bytes('a', 0xff, 0xff))).isTrue();
    assertThat(range.contains(Bytes.utf8("b"))).isFalse();
    assertThat(range.contains(Bytes.EMPTY)).isFalse();
  }

  @Test
  void aPrefixOfGreatestBytesHasNoEndOfItsOwn() {
    assertThat(CellRange.prefix(bytes(0xff, 0xff)).to()).isNull();
    assertThat(CellRange.prefix(bytes(1, 0xff)).to()).isEqualTo(bytes(2));
    assertThat(CellRange.prefix(Bytes.EMPTY)).isEqualTo(CellRange.ALL);
  }

  @Test
  void oneCellIsOneCell() {
    assertThat(CellRange.only(A).contains(A)).isTrue();
    assertThat(CellRange.only(A).contains(A0)).isFalse();
    assertThat(CellRange.only(A).isAtMostOne()).isTrue();
    assertThat(CellRange.NONE.isAtMostOne()).isTrue();
    assertThat(CellRange.NONE.contains(Bytes.EMPTY)).isFalse();
    assertThat(CellRange.prefix(A).isAtMostOne()).isFalse();
    assertThat(CellRange.ALL.isAtMostOne()).isFalse();
  }

  @Test
  void intersectionHoldsWhatLiesInBoth() {
    CellRange fromA = new CellRange(A, null);
    CellRange toA0 = new CellRange(Bytes.EMPTY, A0);

    assertThat(fromA.intersect(toA0)).isEqualTo(new CellRange(A, A0));
    assertThat(toA0.intersect(fromA)).isEqualTo(new CellRange(A, A0));
    assertThat(fromA.intersect(CellRange.ALL)).isEqualTo(fromA);
    assertThat(CellRange.ALL.intersect(CellRange.ALL)).isEqualTo(CellRange.ALL);
    assertThat(new CellRange(Bytes.EMPTY, A).intersect(fromA)).isEqualTo(CellRange.NONE);
    assertThat(fromA.intersect(CellRange.NONE)).isEqualTo(CellRange.NONE);
  }
}
