package dev.tidemark.replication.gossip;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.gossip.Member.State;
import dev.tidemark.replication.session.Registry;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.v1.Members;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends the member table to some peers from time to time, and takes theirs. */
public final class Gossip {
  private final Tidemark store;
  private final Registry registry;
  private final GossipOptions options;
  private final MemberTable table;
  private final Consumer<List<Member>> reachable;
  private final Random random = new Random();

  /**
   * Gossip that has not begun.
   *
   * @param addresses where others can dial this member
   * @param allowed the names that are taken in; null for all
   * @param reachable is told from time to time of those that can be dialled
   */
  public Gossip(
      Tidemark store,
      String name,
      Registry registry,
      GossipOptions options,
      List<String> addresses,
      @Nullable Set<String> allowed,
      Consumer<List<Member>> reachable) {
    this.store = store;
    this.registry = registry;
    this.options = options;
    this.reachable = reachable;
    this.table =
        new MemberTable(
            name, store.replicaId(), addresses, options, allowed, System::currentTimeMillis);
  }

  /** Begins. */
  public void start(ScheduledExecutorService timer) {
    registry.onMembers(this::heard);
    long every = options.interval().toMillis();
    try {
      var unused = timer.scheduleWithFixedDelay(this::round, every, every, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      // Nobody is told anything any more.
    }
  }

  private void round() {
    try {
      table.tick();
      Members word = MemberFrames.encode(table.beat(operations(store.vector())));
      List<Session> peers = registry.sessions();
      Collections.shuffle(peers, random);
      peers.stream()
          .filter(session -> session.inbound() == Session.Inbound.RECEIVING)
          .limit(options.fanOut())
          .forEach(session -> session.tell(word));
      reachable.accept(
          table.others().stream()
              .map(MemberTable.Sight::member)
              .filter(member -> member.state() != State.LEFT && !member.addresses().isEmpty())
              .toList());
    } catch (IllegalStateException storeClosed) {
      // The next round, if there is one, finds it the same.
    }
  }

  private static long operations(VersionVector vector) {
    long operations = 0;
    for (int i = 0; i < vector.size(); i++) {
      operations += vector.sequenceAt(i);
    }
    return operations;
  }

  private void heard(Members word) {
    table.merge(MemberFrames.decode(word, System.currentTimeMillis()));
  }

  /** A peer has taken leave. */
  public void left(long replicaId) {
    table.left(replicaId);
  }

  /** The other members, as this one has it. */
  public List<MemberTable.Sight> others() {
    return table.others();
  }
}
