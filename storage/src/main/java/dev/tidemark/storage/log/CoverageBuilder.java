package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sums up the commits of one segment as they pass: per origin what it covers, over all a checksum.
 * The same sum is made while appending and while scanning.
 */
final class CoverageBuilder {
  private final Long2ObjectHashMap<Origin> origins = new Long2ObjectHashMap<>();
  private final EntrySum checksum = new EntrySum();

  /** Reads the header of an encoded commit. */
  static CommitHeader header(byte[] body, int offset, int length) {
    return CommitCodec.decodeHeader(new ByteReader(body, offset, length));
  }

  /** Why a commit cannot follow the ones before it, or null if it can. */
  @Nullable String refusal(CommitHeader header) {
    Origin origin = origins.get(header.origin());
    return origin == null || origin.after + 1 == header.firstSequence()
        ? null
        : "sequence " + (origin.after + 1);
  }

  /** Takes a commit in. */
  void add(CommitHeader header, byte[] body, int offset, int length, int entryChecksum) {
    Origin origin = origins.get(header.origin());
    if (origin == null) {
      origin = new Origin(header, ChainStep.before(body, offset, length, header.chain()));
      origins.put(header.origin(), origin);
    }
    origin.take(header);
    checksum.add(entryChecksum);
  }

  /** The coverage so far, in unsigned order of origins. */
  List<OriginCoverage> coverage() {
    List<OriginCoverage> all = new ArrayList<>(origins.size());
    origins.forEach((id, origin) -> all.add(origin.coverage(id)));
    all.sort(Comparator.comparing(OriginCoverage::origin, Long::compareUnsigned));
    return List.copyOf(all);
  }

  /** The checksum over the entries' checksums, in order. */
  int checksum() {
    return checksum.value();
  }

  private static final class Origin {
    private final long before;
    private final long chainBefore;
    private long after;
    private long lastStamp;
    private long chainAfter;
    private VersionVector summary = VersionVector.EMPTY;

    Origin(CommitHeader first, long chainBefore) {
      this.before = first.firstSequence() - 1;
      this.chainBefore = chainBefore;
    }

    void take(CommitHeader header) {
      after = header.lastSequence();
      lastStamp = header.lastStamp();
      chainAfter = header.chain();
      summary = summary.join(header.summary());
    }

    OriginCoverage coverage(long id) {
      return new OriginCoverage(id, before, after, lastStamp, summary, chainBefore, chainAfter);
    }
  }
}
