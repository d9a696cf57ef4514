package dev.tidemark.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.tools.LocalHost;
import dev.tidemark.tools.serve.ClusterResource;
import dev.tidemark.tools.words.RingChange;
import dev.tidemark.tools.words.RingView;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes that serve as members of a ring. */
@DisabledOnOs(OS.WINDOWS)
class ServeRingTest {
  private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(2);

  @TempDir private Path directory;
  @RegisterExtension final Fleet fleet = new Fleet();

  private Member add(String name, int port, String... more) {
    List<String> serve = new ArrayList<>();
    serve.add(directory.resolve("store-" + name).toString());
    serve.addAll(List.of("--name", name, "--ring-member", "--http", "127.0.0.1:0"));
    serve.addAll(List.of("--listen", LocalHost.address() + ":" + port));
    serve.addAll(List.of("--schema", "=lww-register"));
    serve.addAll(List.of(more));
    Member member = new Member(name, directory.resolve(name + ".err"), List.of(), serve, null);
    fleet.add(member);
    return member;
  }

  private static RingView ring(Member of) {
    return ClusterResource.RING.get(URI.create(of.url()), null);
  }

  private static boolean isKnownByAll(RingView ring) {
    return ring.settled()
        && ring.members().stream().allMatch(each -> each.phase().equals("SETTLED"));
  }

  private static RingView awaitSettled(Member at, long epoch) {
    long deadline = System.nanoTime() + LONG_NANOS;
    RingView ring = ring(at);
    while (ring.epoch() != epoch || !isKnownByAll(ring) || ring.isToHold() != null) {
      assertThat(System.nanoTime()).as(ring.toString()).isLessThan(deadline);
      Thread.yield();
      ring = ring(at);
    }
    return ring;
  }

  @Test
  void aNewMemberHoldsNothingUntilTheRingGivesItKeysAndHoldsThemAfterAKill() throws Exception {
    List<Integer> ports = Ports.free(2);
    Member a = add("a", ports.get(0), "--interest", "");
    Member b = add("b", ports.get(1), "--peer", LocalHost.address() + ":" + ports.get(0));
    fleet.start();
    assertThat(ring(a).holds()).isEqualTo("all keys");
    assertThat(ring(b).holds()).isEqualTo("no keys");

    ClusterResource.RING.change(
        URI.create(a.url()), null, RingChange.announce(List.of("a", "b"), 16, 1));
    awaitSettled(a, 1);
    assertThat(awaitSettled(b, 1).holds()).contains(" % of all keys");

    b.kill();
    fleet.restart(1);
    assertThat(awaitSettled(b, 1).self()).isEqualTo("b");
    ClusterResource.RING.change(URI.create(b.url()), null, RingChange.of("leave", "b"));
    awaitSettled(a, 2);
    assertThat(awaitSettled(b, 2).mayBeClosed()).isTrue();
  }
}
