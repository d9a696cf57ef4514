package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import io.grpc.netty.shaded.io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Peers that ask for everything, read nothing, and send the largest frame but for its end. */
@DisabledOnOs(value = OS.MAC, disabledReason = "one loopback address")
class SlowReaderTest {
  private static final int PEERS = 4;
  private static final int COMMITS = 4;
  private static final int VALUES = 7;
  private static final int LOOKS = 4;

  @RegisterExtension final Stores stores = new Stores();

  private Replicator listening;

  private static ReplicationOptions options(String name) {
    return ReplicationOptions.of("test", name)
        .withPlainText()
        .withPatience(Duration.ofMinutes(1))
        .withWaits(Duration.ofMillis(5), Duration.ofMillis(50));
  }

  private Tidemark full() {
    Tidemark store = stores.open("full", Stores.options(1).withInlineLimit(Limits.MAX_VALUE_BYTES));
    Random random = new Random(1);
    for (int i = 0; i < COMMITS; i++) {
      store.commit(
          batch -> {
            for (int value = 0; value < VALUES; value++) {
              byte[] bytes = new byte[Limits.MAX_VALUE_BYTES - 100];
              random.nextBytes(bytes);
              batch.update("file/" + value, new Update.SetValue(Bytes.wrap(bytes)));
            }
          });
    }
    store.sync();
    return store;
  }

  /** Of what is reachable, in bytes. */
  private static long used() {
    System.gc();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    // By the way that it is taken, one counts the other's too.
    return heap + Math.max(direct, PlatformDependent.usedDirectMemory());
  }

  private static byte[] message(Frame.Builder frame, long number) {
    byte[] bytes = Frames.seal(frame.build(), number);
    return ByteBuffer.allocate(5 + bytes.length)
        .put((byte) 0)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  private RawPeer slow(int number) throws IOException {
    RawPeer peer = stores.closing(new RawPeer("127.0.0." + (2 + number), listening.port()));
    peer.begin().call(1);
    peer.data(message(Frame.newBuilder().setHello(Victim.hello().setReplicaId(100 + number)), 0));
    peer.data(message(Victim.pullOf(VersionVector.EMPTY), 1));
    return peer;
  }

  @Test
  void holdWhatASessionMayTakeAndNoMoreAndOthersDoNotNotice() throws IOException {
    Tidemark store = full();
    listening =
        stores.closing(
            Replicator.start(
                store,
                options("a")
                    .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
    long before = used();
    List<RawPeer> slow = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      slow.add(slow(i));
    }
    byte[] endless = new byte[Bounds.FRAME_BYTES - 1];
    ByteBuffer.wrap(endless).put((byte) 0).putInt(Bounds.FRAME_BYTES);
    for (RawPeer peer : slow) {
      peer.data(endless);
    }
    Stores.await(
        () ->
            listening.status().sessions().stream()
                    .filter(session -> session.sentBytes() > Bounds.FRAME_BYTES / 2)
                    .count()
                == PEERS,
        () -> "" + listening.status());

    long most = 0;
    for (int i = 0; i < LOOKS; i++) {
      most = Math.max(most, used() - before);
    }
    assertThat(most / PEERS).isBetween((long) Bounds.FRAME_BYTES, (long) Bounds.SESSION_BYTES);
    InetSocketAddress at =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.port());
    Tidemark honest = stores.open(2);
    stores.closing(Replicator.start(honest, options("b").withPeers(List.of(at))));
    Stores.write(honest, 2, 20);
    Stores.awaitEqual(store, honest);
    assertThat(listening.status().sessions()).hasSize(PEERS + 1);
  }
}
