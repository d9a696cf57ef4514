package dev.tidemark.storage.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import java.util.Arrays;
import java.util.Comparator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CellKeyProperties {
  private static final Comparator<CellKey> LOGICAL =
      Comparator.comparing(CellKey::key)
          .thenComparing(CellKey::kind)
          .thenComparing(CellKey::cellId);

  @Property
  void bytesSortAsKeyThenKindThenCell(
      @ForAll("cellKeys") CellKey left, @ForAll("cellKeys") CellKey right) {
    int bytes = Arrays.compareUnsigned(left.encode(), right.encode());

    assertThat(Integer.signum(bytes)).isEqualTo(Integer.signum(LOGICAL.compare(left, right)));
  }

  @Property
  void everyStorageKeyDecodesToWhatItWas(@ForAll("cellKeys") CellKey key) {
    assertThat(CellKey.decode(key.encode())).isEqualTo(key);
  }

  @Property
  void cellsOfAKeyLieBetweenItsHeadAndItsEndAndNoOthersDo(
      @ForAll("bytes") Bytes key, @ForAll("cellKeys") CellKey other) {
    byte[] stem = CellKey.stem(key);
    boolean inside =
        Arrays.compareUnsigned(other.encode(), CellKey.head(stem)) >= 0
            && Arrays.compareUnsigned(other.encode(), CellKey.pastCells(stem)) < 0;

    assertThat(inside).isEqualTo(other.key().equals(key));
    assertThat(CellKey.hasStem(other.encode(), stem)).isEqualTo(inside);
  }

  @Property
  void rangeOfKeysCoversExactlyTheStorageKeysOfItsKeys(
      @ForAll("bytes") Bytes from, @ForAll("bytes") Bytes to, @ForAll("cellKeys") CellKey key) {
    boolean inside =
        Arrays.compareUnsigned(key.encode(), CellKey.escape(from)) >= 0
            && Arrays.compareUnsigned(key.encode(), CellKey.escape(to)) < 0;

    assertThat(inside).isEqualTo(key.key().compareTo(from) >= 0 && key.key().compareTo(to) < 0);
  }

  @Property
  void keysWithAPrefixAreTheStorageKeysThatBeginWithItsEscape(
      @ForAll("bytes") Bytes prefix, @ForAll("cellKeys") CellKey key) {
    boolean begins = Bytes.wrap(key.encode()).startsWith(Bytes.wrap(CellKey.escape(prefix)));

    assertThat(begins).isEqualTo(key.key().startsWith(prefix));
  }

  @Provide
  Arbitrary<CellKey> cellKeys() {
    Arbitrary<CellKey> heads = bytes().map(key -> new CellKey(key, CellKey.HEAD, Bytes.EMPTY));
    Arbitrary<CellKey> cells =
        Combinators.combine(bytes(), bytes())
            .as((key, id) -> new CellKey(key, CellKey.ELEMENT, id));
    return Arbitraries.oneOf(heads, cells);
  }

  /** Short, and made of the bytes that mean something to the escape: neighbours are likely. */
  @Provide
  Arbitrary<Bytes> bytes() {
    return Arbitraries.of((byte) 0x00, (byte) 0x01, (byte) 0x02, (byte) 0x61, (byte) 0xff)
        .array(byte[].class)
        .ofMaxSize(4)
        .map(Bytes::wrap);
  }
}
