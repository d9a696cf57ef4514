package dev.tidemark.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What is withheld changes nothing of what the rest says, and cannot be withheld unseen. */
class PartialCommitProperties {
  private static final Namespace REGISTERS = new Namespace(Bytes.EMPTY, Strategy.LWW_REGISTER);
  private static final long BEFORE = 0x1234_5678_9abc_def0L;
  private static final Interest A = Interest.ofPrefixes(Set.of("a"));
  private static final Interest B = Interest.ofPrefixes(Set.of("b"));

  @Property
  void thePartialCommitFollowsTheSameHistory(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 3) Integer> prefixes,
      @ForAll @IntRange(min = 0, max = 5000) int valueBytes) {
    byte[] whole = commit(prefixes, valueBytes);
    byte[] partial = PartialCommit.of(whole, A);

    Commit decoded = CommitCodec.decode(partial, 0, partial.length);
    Commit original = CommitCodec.decode(whole, 0, whole.length);
    assertThat(decoded.header()).isEqualTo(original.header());
    assertThat(CommitCodec.chain(partial, 0, partial.length, BEFORE))
        .isEqualTo(original.header().chain());
    for (int i = 0; i < prefixes.size(); i++) {
      Operation operation = decoded.operations().get(i);
      assertThat(operation.key()).isEqualTo(original.operations().get(i).key());
      assertThat(operation.isWithheld()).isEqualTo(prefixes.get(i) != 0);
    }
    assertThat(decoded.held())
        .isEqualTo(original.operations().stream().filter(o -> A.covers(o.key())).toList());
  }

  @Property
  void theBytesAreOfTheLengthsThatAreTold(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 3) Integer> prefixes) {
    byte[] partial = PartialCommit.of(commit(prefixes, 20), A);
    Commit decoded = CommitCodec.decode(partial, 0, partial.length);

    int operations = decoded.operations().stream().mapToInt(CommitCodec::encodedLength).sum();
    ByteWriter again = new ByteWriter();
    CommitCodec.encode(decoded.header(), decoded.operations(), BEFORE, again);
    assertThat(again.toByteArray()).isEqualTo(partial);
    assertThat(partial.length - operations).isEqualTo(CommitLayout.SUMMARY + 1);
  }

  @Property
  void onlyHeldOperationsHavePlaces(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 3) Integer> prefixes) {
    byte[] partial = PartialCommit.of(commit(prefixes, 20), A);
    List<Bytes> seen = new ArrayList<>();
    CommitCodec.places(
        partial,
        0,
        partial.length,
        (start, keyAt, keyEnd, end) ->
            seen.add(Bytes.wrap(Arrays.copyOfRange(partial, keyAt, keyEnd))));

    assertThat(seen)
        .isEqualTo(
            CommitCodec.decode(partial, 0, partial.length).held().stream()
                .map(Operation::key)
                .toList());
  }

  @Property
  void whatIsWithheldFromTwoIsWithheldFromEach(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 3) Integer> prefixes) {
    byte[] whole = commit(prefixes, 20);
    Interest b = Interest.ofPrefixes(Set.of("b"));
    Interest both = A.union(b);

    byte[] overOther = PartialCommit.of(PartialCommit.of(whole, both), A);

    assertThat(overOther).isEqualTo(PartialCommit.of(whole, A));
    assertThat(PartialCommit.lacks(overOther, 0, overOther.length, A)).isFalse();
    assertThat(PartialCommit.lacks(overOther, 0, overOther.length, b))
        .isEqualTo(prefixes.contains(1));
  }

  @Property
  void twoPartsMakeWhatBothHave(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 3) Integer> prefixes) {
    byte[] whole = commit(prefixes, 20);
    byte[] ofA = PartialCommit.of(whole, A);
    byte[] ofB = PartialCommit.of(whole, B);

    byte[] both = PartialCommit.merged(ofA, ofB);

    assertThat(both).isEqualTo(PartialCommit.of(whole, A.union(B)));
    assertThat(PartialCommit.merged(ofB, ofA)).isEqualTo(both);
    assertThat(PartialCommit.merged(both, whole)).isEqualTo(whole);
  }

  /** Who has no use for the key still owes it to those who have, until they say that it is lost. */
  @Property
  void whatIsLostIsOwedToNobodyWhoHoldsItsKey(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 3) Integer> prefixes) {
    byte[] whole = commit(prefixes, 20);
    byte[] ofA = PartialCommit.of(whole, A);

    byte[] lost = PartialCommit.lost(ofA, B);

    assertThat(PartialCommit.lacks(lost, 0, lost.length, B)).isFalse();
    assertThat(PartialCommit.lacks(lost, 0, lost.length, Interest.ALL))
        .isEqualTo(prefixes.contains(2) || prefixes.contains(3));
    Commit decoded = CommitCodec.decode(lost, 0, lost.length);
    assertThat(decoded.held()).isEqualTo(CommitCodec.decode(ofA, 0, ofA.length).held());
    for (Operation operation : decoded.operations()) {
      assertThat(operation.isWithheld()).isEqualTo(!A.covers(operation.key()));
      assertThat(operation.isOwed())
          .isEqualTo(!A.covers(operation.key()) && !B.covers(operation.key()));
    }
    assertThat(CommitCodec.chain(lost, 0, lost.length, BEFORE))
        .isEqualTo(CommitCodec.chain(whole, 0, whole.length, BEFORE));
    ByteWriter again = new ByteWriter();
    CommitCodec.encode(decoded.header(), decoded.operations(), BEFORE, again);
    assertThat(again.toByteArray()).isEqualTo(lost);
    assertThat(PartialCommit.of(lost, A)).isEqualTo(lost);
    assertThat(PartialCommit.merged(lost, ofA)).isEqualTo(lost);
    assertThat(PartialCommit.merged(ofA, lost)).isEqualTo(lost);
    assertThat(PartialCommit.merged(lost, whole)).isEqualTo(whole);
  }

  @Example
  void refusesPartsOfDifferentCommits() {
    byte[] one = PartialCommit.of(commit(List.of(0, 1), 20), A);
    for (byte[] other : List.of(commit(List.of(0, 2), 20), commit(List.of(0), 20))) {
      assertThatThrownBy(() -> PartialCommit.merged(one, other))
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining("parts are not of one commit");
    }
  }

  /** Lost alone would be a strategy that nobody knows. */
  @Example
  void refusesALostOperationThatIsNotWithheld() {
    byte[] whole = commit(List.of(0), 20);
    whole[CommitLayout.SUMMARY + 1] |= CommitLayout.LOST;

    assertThatThrownBy(() -> CommitCodec.decode(whole, 0, whole.length))
        .isInstanceOf(MalformedException.class);
  }

  @Example
  void nothingIsWithheldFromOneWhoWantsAll() {
    byte[] whole = commit(List.of(0, 1, 2), 20);

    assertThat(PartialCommit.of(whole, Interest.ALL)).isSameAs(whole);
    assertThat(PartialCommit.of(commit(List.of(0), 20), A)).hasSameSizeAs(commit(List.of(0), 20));
  }

  @Example
  void anotherKeyInThePlaceOfTheOneThatIsWithheldBreaksTheHistory() {
    byte[] partial = PartialCommit.of(commit(List.of(0, 1), 20), A);
    long chain = CommitCodec.decode(partial, 0, partial.length).header().chain();
    int key = lastIndexOf(partial, (byte) 'b');
    partial[key] = 'c';

    CommitCodec.decode(partial, 0, partial.length);
    assertThat(CommitCodec.chain(partial, 0, partial.length, BEFORE)).isNotEqualTo(chain);
  }

  @Example
  void refusesAnOperationThatIsWithheldWhereTheCommitSaysThatNoneIs() {
    byte[] partial = PartialCommit.of(commit(List.of(0, 1), 20), A);
    byte[] whole = commit(List.of(0, 1), 20);
    partial[CommitLayout.OPERATIONS + 3] = 0;
    whole[CommitLayout.OPERATIONS + 3] = (byte) 0x80;

    assertThatThrownBy(() -> CommitCodec.decode(partial, 0, partial.length))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> CommitCodec.decode(whole, 0, whole.length))
        .isInstanceOf(MalformedException.class);
  }

  private static int lastIndexOf(byte[] bytes, byte wanted) {
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (bytes[i] == wanted && bytes[i + 1] == '1') {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  /** One operation for each number, on a key that begins with that letter. */
  private static byte[] commit(List<Integer> prefixes, int valueBytes) {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < prefixes.size(); i++) {
      Bytes key = Bytes.utf8((char) ('a' + prefixes.get(i)) + "" + i);
      byte[] value = new byte[valueBytes];
      Arrays.fill(value, (byte) i);
      byte[] head = VersionedCell.encode(new Version(100 + i, 7, 5 + i), Bytes.wrap(value));
      operations.add(new Operation(REGISTERS, key, KeyDelta.ofHead(head)));
    }
    ByteWriter out = new ByteWriter();
    CommitHeader draft = new CommitHeader(7, 5, 100, operations.size(), VersionVector.EMPTY, 0);
    CommitCodec.encode(draft, operations, BEFORE, out);
    return out.toByteArray();
  }
}
