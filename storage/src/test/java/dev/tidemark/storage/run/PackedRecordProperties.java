package dev.tidemark.storage.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A packed record is told from others without being read, and must be told as if it were. */
class PackedRecordProperties {
  @Property
  void aPackedRecordIsTheRecord(@ForAll("records") RunRecord entry) {
    PackedRecord packed = PackedRecord.of(entry);
    ByteWriter out = new ByteWriter().u8(7);
    RunCodec.encode(entry, out);

    assertThat(packed.decode()).isEqualTo(entry);
    assertThat(packed.isWhole()).isTrue();
    assertThat(packed.length()).isEqualTo(out.length() - 1);
    assertThat(PackedRecord.at(out.buffer(), 1, packed.length()).decode()).isEqualTo(entry);
  }

  @Property(tries = 5_000)
  void placesCompareAsThoseOfTheRecords(
      @ForAll("records") RunRecord left, @ForAll("records") RunRecord right) {
    int expected = Integer.signum(left.comparePlace(right));
    PackedRecord packed = PackedRecord.of(left);

    assertThat(Integer.signum(packed.comparePlace(PackedRecord.of(right)))).isEqualTo(expected);
    assertThat(packed.isOfSameKey(PackedRecord.of(right))).isEqualTo(expected == 0);
  }

  @Property
  void aLengthIsKnownBeforeItIsWritten(@ForAll long number) {
    ByteWriter out = new ByteWriter().varint(number);

    assertThat(ByteWriter.varintLength(number)).isEqualTo(out.length());
    assertThat(new ByteReader(out.toByteArray()).varint()).isEqualTo(number);
  }

  /** Prefixes that begin like one another, keys that differ early, late or by their ends alone. */
  @Provide
  Arbitrary<RunRecord> records() {
    Arbitrary<String> prefixes = Arbitraries.of("", "a", "ab", "abcdefgh", "abcdefghi", "b:");
    Arbitrary<String> rests =
        Arbitraries.of("", "x", "xyzxyzxy", "xyzxyzxyz", "xyzxyzxya", "\u0001", "\u0000", "\u00ff");
    return Combinators.combine(prefixes, rests, Arbitraries.integers().between(0, 300))
        .filter((prefix, rest, length) -> !(prefix + rest).isEmpty())
        .as(PackedRecordProperties::record);
  }

  private static RunRecord record(String prefix, String rest, int length) {
    byte[] cell = VersionedCell.encode(new Version(5, 6, 7), Bytes.wrap(new byte[length]));
    return RunRecord.whole(
        new Namespace(Bytes.utf8(prefix), Strategy.LWW_REGISTER),
        Bytes.utf8(prefix + rest),
        KeyDelta.ofHead(cell));
  }
}
