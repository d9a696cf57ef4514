package dev.tidemark.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class CoverageProperties {
  @Property
  void theChainBeforeACommitFollowsFromTheOneAfterIt(
      @ForAll long before, @ForAll @IntRange(min = 37, max = 200) int length) {
    byte[] body = new Commits().next(length);
    long after = CommitCodec.chain(body, 0, body.length, before);
    assertThat(ChainStep.before(body, 0, body.length, after)).isEqualTo(before);
  }

  /**
   * However commits of several origins are spread over segments, the coverages are links of a
   * chain.
   */
  @Property(tries = 200)
  void coveragesOfNeighbouringSegmentsMeet(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 4) Integer> origins,
      @ForAll @IntRange(min = 1, max = 20) int perSegment) {
    Commits commits = new Commits();
    Map<Long, OriginCoverage> last = new HashMap<>();
    for (int from = 0; from < origins.size(); from += perSegment) {
      CoverageBuilder builder = new CoverageBuilder();
      int to = Math.min(origins.size(), from + perSegment);
      for (int origin : origins.subList(from, to)) {
        VersionVector summary = VersionVector.of(origin + 10, from + 1);
        byte[] body = commits.next(origin, 80, summary);
        CommitHeader header = CoverageBuilder.header(body, 0, body.length);
        assertThat(builder.refusal(header)).isNull();
        builder.add(header, body, 0, body.length, 0);
      }
      for (OriginCoverage coverage : builder.coverage()) {
        OriginCoverage previous = last.put(coverage.origin(), coverage);
        assertThat(coverage.before()).isEqualTo(previous == null ? 0 : previous.after());
        assertThat(coverage.chainBefore())
            .isEqualTo(previous == null ? ChainHash.NONE : previous.chainAfter());
        assertThat(coverage.summary())
            .isEqualTo(VersionVector.of(coverage.origin() + 10, from + 1));
      }
    }
  }
}
