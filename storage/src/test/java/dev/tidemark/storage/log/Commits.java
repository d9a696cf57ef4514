package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Makes encoded commits: a true header, and any bytes where the operations would be. */
final class Commits {
  /** The shortest commit: a header with an empty summary. */
  static final int MIN_BYTES = CommitLayout.SUMMARY + 1;

  private final Map<Long, Long> sequences = new HashMap<>();
  private final Map<Long, Long> chains = new HashMap<>();
  private final SplittableRandom random = new SplittableRandom(42);
  private long stamp = 1L << 20;

  /** The next commit of replica 7, of the given length. */
  byte[] next(int length) {
    return next(7, length, VersionVector.EMPTY);
  }

  /** The next commit of an origin, one operation long, of at least the given length. */
  byte[] next(long origin, int length, VersionVector summary) {
    long sequence = sequences.getOrDefault(origin, 0L) + 1;
    ByteWriter out = new ByteWriter(length);
    out.i64(origin).i64(sequence).i64(stamp++).i64(0).i32(1);
    summary.encode(out);
    byte[] payload = new byte[Math.max(0, length - out.length())];
    random.nextBytes(payload);
    out.raw(payload);
    long before = chains.getOrDefault(origin, ChainHash.NONE);
    long chain = CommitCodec.chain(out.buffer(), 0, out.length(), before);
    out.i64At(CommitLayout.CHAIN, chain);
    sequences.put(origin, sequence);
    chains.put(origin, chain);
    return out.toByteArray();
  }
}
