package dev.tidemark.engine.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.blob.LargeValues;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.ComposedId;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.journal.JournalCell;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.laws.Histories;
import dev.tidemark.engine.laws.History;
import dev.tidemark.engine.laws.Op;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** Bytes that nobody vouches for are refused by name, or mean exactly what they say. */
@PropertyDefaults(tries = 2000, edgeCases = EdgeCasesMode.NONE)
class HostileBytesProperties {
  @Provide
  Arbitrary<History> histories() {
    return Histories.any();
  }

  /** Decodes and encodes again; a refusal is fine, anything else must give the same bytes. */
  private static void check(byte[] bytes, UnaryOperator<byte[]> decodeAndEncode) {
    byte[] given = bytes.clone();
    byte[] again;
    try {
      again = decodeAndEncode.apply(bytes);
    } catch (MalformedException refused) {
      assertThat(refused).hasMessageNotContaining("null");
      return;
    }
    assertThat(again).isEqualTo(given);
  }

  private static void checkRandomAndMutated(
      byte[] valid, Random random, UnaryOperator<byte[]> decodeAndEncode) {
    assertThat(decodeAndEncode.apply(valid)).isEqualTo(valid);
    byte[] noise = new byte[random.nextInt(64)];
    random.nextBytes(noise);
    check(noise, decodeAndEncode);
    for (int i = 0; i < 10; i++) {
      check(Mutation.of(valid, random), decodeAndEncode);
    }
  }

  @Property
  void versionVector(@ForAll Random random) {
    VersionVector vector = VersionVector.EMPTY;
    for (int i = random.nextInt(4); i > 0; i--) {
      vector =
          vector.with(random.nextLong() | 1, 1 + (random.nextLong() >>> random.nextInt(63) + 1));
    }
    ByteWriter out = new ByteWriter();
    vector.encode(out);
    checkRandomAndMutated(
        out.toByteArray(), random, bytes -> encoded(whole(bytes, VersionVector::decode)::encode));
  }

  @Property
  void schema(@ForAll Random random) {
    Schema schema = Schema.empty();
    for (int i = random.nextInt(4); i > 0; i--) {
      schema = schema.and("é".repeat(i) + ":", Strategy.values()[random.nextInt(14)]);
    }
    ByteWriter out = new ByteWriter();
    schema.encode(out);
    checkRandomAndMutated(
        out.toByteArray(), random, bytes -> encoded(whole(bytes, Schema::decode)::encode));
  }

  @Property
  void composedId(@ForAll Random random) {
    byte[] first = new byte[random.nextInt(4)];
    byte[] second = new byte[random.nextInt(4)];
    if (random.nextBoolean()) {
      random.nextBytes(first);
      random.nextBytes(second);
    }
    ComposedId id = new ComposedId(Bytes.wrap(first), Bytes.wrap(second));
    checkRandomAndMutated(
        id.encode().array(), random, b -> ComposedId.decode(Bytes.wrap(b)).encode().array());
  }

  @Property
  void versionedCell(@ForAll Random random) {
    OperationId id = new OperationId(random.nextLong() | 1, 1 + random.nextInt(300), 9);
    Bytes value = random.nextBoolean() ? null : Bytes.utf8("value");
    checkRandomAndMutated(
        VersionedCell.encode(id.version(), value),
        random,
        bytes -> {
          return encode(VersionedCell.decode(bytes));
        });
  }

  @Property
  void versionedCellOfALargeValue(@ForAll Random random) {
    OperationId id = new OperationId(random.nextLong() | 1, 1 + random.nextInt(300), 9);
    checkRandomAndMutated(
        VersionedCell.encodeLarge(id.version(), LargeValues.any(1 + random.nextInt(300))),
        random,
        bytes -> encode(VersionedCell.decode(bytes)));
  }

  private static byte[] encode(VersionedCell cell) {
    return cell.large() == null
        ? VersionedCell.encode(cell.version(), cell.value())
        : VersionedCell.encodeLarge(cell.version(), cell.large());
  }

  @Property
  void journalCellAndItsId(@ForAll Random random) {
    OperationId id = new OperationId(random.nextLong() | 1, 1 + random.nextInt(300), 9);
    VersionVector seen = VersionVector.of(id.replica(), random.nextInt((int) id.sequence()));
    JournalCell cell = new JournalCell(id, seen.with(2, 7), Bytes.utf8("event"));
    checkRandomAndMutated(
        cell.encode(), random, bytes -> JournalCell.decode(cell.cellId(), bytes).encode());
    checkRandomAndMutated(
        cell.cellId().array(),
        random,
        bytes -> JournalCell.decode(Bytes.wrap(bytes), cell.encode()).cellId().array());
  }

  @Property
  void keyDeltaOfAnyStrategy(@ForAll("histories") History history, @ForAll Random random) {
    List<Op> part = history.anyPart(random);
    KeyDelta element = (random.nextBoolean() ? history.run(part) : history.state(part)).asDelta();
    if (part.isEmpty()) {
      return;
    }
    checkRandomAndMutated(
        element.toByteArray(),
        random,
        bytes -> {
          KeyDelta decoded = whole(bytes, KeyDelta::decode);
          history.lattice().validate(decoded);
          // What validates can be described and read.
          history.lattice().effects(decoded);
          history.lattice().value(decoded);
          return decoded.toByteArray();
        });
  }

  @Property
  void commit(@ForAll("histories") History history, @ForAll Random random) {
    Namespace namespace = new Namespace(Bytes.utf8("ü:"), history.strategy());
    List<Operation> operations =
        history.ops().stream()
            .limit(1)
            .map(op -> new Operation(namespace, Bytes.utf8("ü:" + op.index()), op.delta()))
            .toList();
    if (operations.isEmpty()) {
      return;
    }
    var id = history.ops().get(0).id();
    long other = id.replica() == 3 ? 5 : 3;
    CommitHeader header =
        new CommitHeader(id.replica(), id.sequence(), id.stamp(), 0, VersionVector.of(other, 1), 0);
    ByteWriter out = new ByteWriter();
    CommitCodec.encode(header, operations, 0, out);
    checkRandomAndMutated(
        out.toByteArray(),
        random,
        bytes -> {
          Commit commit = CommitCodec.decode(bytes, 0, bytes.length);
          ByteWriter again = new ByteWriter();
          CommitCodec.encode(commit.header(), commit.operations(), 0, again);
          again.i64At(24, commit.header().chain());
          return again.toByteArray();
        });
  }

  private interface Decoder<T> {
    T decode(ByteReader in);
  }

  private static <T> T whole(byte[] bytes, Decoder<T> decoder) {
    // Between other bytes, so that reading past the end shows.
    byte[] padded = new byte[bytes.length + 16];
    Arrays.fill(padded, (byte) 1);
    System.arraycopy(bytes, 0, padded, 8, bytes.length);
    ByteReader in = new ByteReader(padded, 8, bytes.length);
    T decoded = decoder.decode(in);
    in.expectEnd();
    return decoded;
  }

  private interface Encoder {
    void encode(ByteWriter out);
  }

  private static byte[] encoded(Encoder encoder) {
    ByteWriter out = new ByteWriter();
    encoder.encode(out);
    return out.toByteArray();
  }
}
