package dev.tidemark.storage.checkpoint;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A checkpoint as it is gathered: who has to submit, and what was submitted. Decides which
 * submission is taken; that it is true of the snapshot that it names is for {@link Checkpoints} to
 * find out first. Never changes.
 *
 * <p>The snapshots need not be of one moment. Each holds with an operation all that its maker had
 * seen, and whatever one of them holds none has to hold as well: stores made of them are behind
 * each other as stores always are, and exchange what they lack.
 *
 * <pre>
 *   member  SHA-256(03, uid, id bytes, member u64, store id, vector, floor bytes, root)
 *   root    SHA-256(04, uid, id bytes, members varint, per member in order: member u64, its hash)
 * </pre>
 *
 * @param id its name
 * @param uid 16 bytes that no other checkpoint has, of the same name either
 * @param createdMillis when it was begun, in milliseconds since 1970
 * @param expected who has to submit, in unsigned order
 * @param submissions what was, by member
 */
public record ClusterCheckpoint(
    String id,
    Bytes uid,
    long createdMillis,
    SortedSet<Long> expected,
    SortedMap<Long, Submission> submissions) {
  /** Members of a checkpoint at most. */
  static final int MAX_MEMBERS = 4096;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final int MEMBER = 0x03;
  private static final int ROOT = 0x04;

  /**
   * Begins a checkpoint.
   *
   * @throws IllegalArgumentException if nobody has to submit, or the id cannot name a directory
   */
  public static ClusterCheckpoint begin(
      String id, Bytes uid, long createdMillis, Collection<Long> members) {
    requireId(id);
    TreeSet<Long> expected = new TreeSet<>(Long::compareUnsigned);
    members.forEach(member -> expected.add(ReplicaId.requireValid(member)));
    if (expected.isEmpty() || expected.size() > MAX_MEMBERS) {
      throw Problem.of("checkpoint has no members, or too many")
          .with("members", expected.size())
          .with("most", MAX_MEMBERS)
          .advise("name every replica that has to submit a snapshot")
          .illegalArgument();
    }
    return new ClusterCheckpoint(
        id,
        uid,
        createdMillis,
        Collections.unmodifiableSortedSet(expected),
        Collections.unmodifiableSortedMap(new TreeMap<>(Long::compareUnsigned)));
  }

  /** Refuses what cannot be the name of a checkpoint. */
  static void requireId(String id) {
    if (!ID.matcher(id).matches()) {
      throw Problem.of("checkpoint id is not one")
          .with("id", id)
          .advise("use 1 to 100 letters, digits, points, dashes; a letter or digit first")
          .illegalArgument();
    }
  }

  /**
   * With a submission; this one if it is there already.
   *
   * @throws CheckpointRefusedException if its member is not expected or has submitted something
   *     else, or another member holds something else after the same operations
   */
  public ClusterCheckpoint with(Submission submission) {
    if (!expected.contains(submission.member())) {
      throw new CheckpointRefusedException(
          Problem.of("member is not expected")
              .with("checkpoint", id)
              .with("member", ReplicaId.format(submission.member()))
              .with("expected", names(expected))
              .advise("begin a checkpoint that names it"));
    }
    Submission before = submissions.get(submission.member());
    if (before != null) {
      if (before.equals(submission)) {
        return this;
      }
      throw new CheckpointRefusedException(
          Problem.of("member has submitted something else")
              .with("checkpoint", id)
              .with("expected", before)
              .with("actual", submission)
              .advise("begin another checkpoint for a newer snapshot"));
    }
    submissions.values().forEach(other -> requireSameRoot(other, submission));
    TreeMap<Long, Submission> more = new TreeMap<>(submissions);
    more.put(submission.member(), submission);
    return new ClusterCheckpoint(
        id, uid, createdMillis, expected, Collections.unmodifiableSortedMap(more));
  }

  private void requireSameRoot(Submission held, Submission submission) {
    if (held.isOfSameOperationsAs(submission) && !held.root().equals(submission.root())) {
      throw new CheckpointRefusedException(
          Problem.of("members hold different things after the same operations")
              .with("checkpoint", id)
              .with("seen", held.vector())
              .with("expected", "root " + held.rootText() + " of " + name(held))
              .with("actual", "root " + submission.rootText() + " of " + name(submission))
              .advise("run `tidemark verify` on both: one of them is damaged"));
    }
  }

  private static String name(Submission submission) {
    return "replica " + ReplicaId.format(submission.member());
  }

  /** Whether all have submitted. */
  public boolean isComplete() {
    return missing().isEmpty();
  }

  /** Who has not. */
  public SortedSet<Long> missing() {
    TreeSet<Long> missing = new TreeSet<>(expected);
    missing.removeAll(submissions.keySet());
    return missing;
  }

  /** Whether all that have submitted hold the same operations. */
  public boolean isUniform() {
    return submissions.values().stream().map(Submission::vector).distinct().count() <= 1;
  }

  /** All operations that some snapshot holds. */
  public VersionVector vector() {
    return submissions.values().stream()
        .map(Submission::vector)
        .reduce(VersionVector.EMPTY, VersionVector::join);
  }

  /** The hash that binds every member to what it submitted; empty until it is complete. */
  public Optional<Bytes> root() {
    if (!isComplete()) {
      return Optional.empty();
    }
    ByteWriter out = tagged(ROOT).varint(submissions.size());
    submissions.forEach((member, submission) -> out.i64(member).raw(hash(submission)));
    return Optional.of(Bytes.wrap(sha256(out)));
  }

  private byte[] hash(Submission submission) {
    ByteWriter out = tagged(MEMBER);
    submission.encodeContent(out);
    return sha256(out);
  }

  private ByteWriter tagged(int kind) {
    return new ByteWriter().u8(kind).raw(uid.array()).bytes(Bytes.utf8(id));
  }

  private static byte[] sha256(ByteWriter content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content.toByteArray());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static String names(Collection<Long> members) {
    return members.stream().map(ReplicaId::format).collect(Collectors.joining(", "));
  }
}
