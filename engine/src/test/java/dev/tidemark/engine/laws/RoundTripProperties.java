package dev.tidemark.engine.laws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.schema.Namespace;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** What the engine writes it reads back, and accepts from others. */
@PropertyDefaults(tries = 2000, edgeCases = EdgeCasesMode.NONE)
class RoundTripProperties {
  @Provide
  Arbitrary<History> histories() {
    return Histories.any();
  }

  @Property
  void everyPreparedDeltaIsValidAndSurvivesItsBytes(@ForAll("histories") History history) {
    for (Op op : history.ops()) {
      assertThatCode(() -> history.lattice().validate(op.delta()))
          .as("%s", op)
          .doesNotThrowAnyException();
      assertThat(decode(op.delta().toByteArray())).isEqualTo(op.delta());
    }
  }

  @Property
  void statesAndRunsAreValidAndSurviveTheirBytes(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> seen = history.anyPart(random);
    Assume.that(!seen.isEmpty());
    KeyDelta state = history.state(seen).asDelta();
    KeyDelta run = history.run(seen.subList(random.nextInt(seen.size()), seen.size())).asDelta();

    history.lattice().validate(state);
    history.lattice().validate(run);
    assertThat(decode(state.toByteArray())).isEqualTo(state);
    assertThat(decode(run.toByteArray())).isEqualTo(run);
  }

  private static KeyDelta decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    KeyDelta decoded = KeyDelta.decode(in);
    in.expectEnd();
    return decoded;
  }

  @Property
  void aCommitSurvivesItsBytesWhereverTheyStand(
      @ForAll("histories") History history, @ForAll int before) {
    Assume.that(!history.ops().isEmpty());
    Namespace namespace = new Namespace(Bytes.utf8("ü:"), history.strategy());
    List<Operation> operations =
        history.ops().stream()
            .limit(1)
            .map(op -> new Operation(namespace, Bytes.utf8("ü:" + op.index()), op.delta()))
            .toList();
    OperationId id = history.ops().get(0).id();
    VersionVector summary = VersionVector.of(id.replica() == 3 ? 5 : 3, 1L << 40);
    CommitHeader header = new CommitHeader(id.replica(), id.sequence(), id.stamp(), 0, summary, 0);
    ByteWriter out = new ByteWriter().raw(new byte[before & 7]);
    int start = out.length();
    CommitHeader written = CommitCodec.encode(header, operations, 42, out);

    Commit commit = CommitCodec.decode(out.buffer(), start, out.length() - start);
    assertThat(commit).isEqualTo(new Commit(written, operations));
    assertThat(written.chain())
        .isEqualTo(CommitCodec.chain(out.buffer(), start, out.length() - start, 42));
    assertThat(CommitCodec.decodeHeader(new ByteReader(out.buffer(), start, out.length() - start)))
        .isEqualTo(written);
  }
}
