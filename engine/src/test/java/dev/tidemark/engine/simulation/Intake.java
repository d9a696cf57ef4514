package dev.tidemark.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Refusal;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.engine.stability.Row;
import dev.tidemark.engine.stability.Stability;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a node takes what another hands over: single operations, runs, states. */
final class Intake {
  private final Node node;
  private final World world;

  Intake(Node node) {
    this.node = node;
    this.world = node.world;
  }

  void take(Item item, long sender) {
    if (node.vector().dominates(item.after())) {
      requireSameHistory(item);
      return;
    }
    if (item instanceof Item.Single single) {
      check(single, sender);
      enter(single);
    } else if (item instanceof Item.Run run) {
      check(run, sender);
      enter(run);
    } else {
      Item.State state = (Item.State) item;
      boolean isBehind = !state.said().floor().admits(node.vector());
      if (world.breakage() != Breakage.WHOLE
          && isBehind
          && !state.after().dominates(node.vector())) {
        throw new Refused(Kind.STATE_IS_REFUSED);
      }
      state
          .rows()
          .forEach(
              (origin, row) -> {
                admit(origin, row, sender, state.said().roster());
                requireVouched(origin, row.row(), state.said());
              });
      count(state);
      boolean hasSeen = node.vector().dominates(state.said().floor().seen());
      enter(newsOf(isBehind ? withAbsences(state) : state));
      if (!hasSeen) {
        // What was forgotten is in nobody's log behind this state.
        node.cut = node.cut.join(state.said().floor().seen());
      }
    }
  }

  private void requireSameHistory(Item item) {
    if (item instanceof Item.Single single) {
      CommitHeader header = single.header();
      Progress held = node.row(header.origin());
      if (held.row().sequence() == header.lastSequence() && held.chain() != header.chain()) {
        throw new Refused(Kind.FORK_IS_REFUSED);
      }
    }
  }

  private void check(Item.Single single, long sender) {
    CommitHeader header = single.header();
    Progress held = node.row(header.origin());
    admit(header.origin(), Progress.NOTHING.and(header), sender, Roster.EMPTY);
    assertThat(header.firstSequence()).isEqualTo(held.row().sequence() + 1);
    assertThat(node.vector().dominates(header.summary())).isTrue();
    if (single.chainBefore() != held.chain()) {
      throw new Refused(Kind.FORK_IS_REFUSED);
    }
  }

  private void check(Item.Run run, long sender) {
    run.covers()
        .forEach(
            (origin, extent) -> {
              Progress held = node.row(origin);
              admit(origin, extent.progress(), sender, run.said().roster());
              requireVouched(origin, extent.row(), run.said());
              long sequence = held.row().sequence();
              assertThat(extent.before()).isLessThanOrEqualTo(sequence);
              boolean isForked =
                  (extent.before() == sequence && extent.chainBefore() != held.chain())
                      || (extent.row().sequence() == sequence && extent.chain() != held.chain());
              if (isForked) {
                throw new Refused(Kind.FORK_IS_REFUSED);
              }
            });
  }

  private void admit(long origin, Progress upTo, long sender, Roster said) {
    if (upTo.row().sequence() <= node.row(origin).row().sequence()) {
      return;
    }
    if (origin == node.id) {
      throw new Refused(Kind.FORK_IS_REFUSED);
    }
    if (world.breakage() == Breakage.FENCE) {
      return;
    }
    Refusal refusal = node.stability().refusal(origin, sender, upTo.row(), node.floor, said);
    if (Stability.isPlain(
        node.roster, origin, node.row(origin).row(), upTo.row().lastStamp(), node.floor)) {
      assertThat(refusal).as("of %d, which is let in unseen", origin).isNull();
    }
    if (refusal == Refusal.OUTDATED && node.stability().isMember(origin)) {
      throw new AssertionError(
          String.format(
              "member %d wrote at %d, below the floor %s of %s, says %d",
              origin, upTo.row().lastStamp(), node.floor, node, sender));
    }
    refuse(refusal);
  }

  private void requireVouched(long origin, Row upTo, Said said) {
    if (world.breakage() != Breakage.FENCE) {
      refuse(node.stability().unvouched(origin, upTo, node.floor, said.roster()));
    }
  }

  private static void refuse(@Nullable Refusal refusal) {
    if (refusal != null) {
      throw new Refused(
          switch (refusal) {
            case RETIRED -> Kind.RETIRED_IS_REFUSED;
            case EARLY -> Kind.EARLY_IS_REFUSED;
            case STRANGER, OUTDATED -> Kind.STRANGER_IS_REFUSED;
          });
    }
  }

  void enter(Item.Single single) {
    CommitHeader header = single.header();
    if (single.delta() != null) {
      Join.into(node.cells(single.key()), node.lattice(single.key()), single.delta());
    }
    node.advance(header.origin(), Progress.NOTHING.and(header));
    hear(single.said());
    note(single, header.lastStamp());
  }

  private void enter(Item.Run run) {
    VersionVector before = node.vector();
    boolean isPartlyKnown =
        run.covers().entrySet().stream()
            .anyMatch(extent -> before.get(extent.getKey()) > extent.getValue().before());
    world.tally().count(isPartlyKnown ? Kind.RUN_IS_PARTLY_KNOWN : Kind.RUN_IS_JOINED);
    run.keys().forEach(this::join);
    run.covers()
        .forEach(
            (origin, extent) -> {
              node.advance(origin, extent.progress());
              note(run, extent.row().lastStamp());
            });
    hear(run.said());
  }

  private void join(Bytes key, KeyDelta delta) {
    if (world.breakage() == Breakage.FLOOR) {
      Join.into(node.kept(key), node.lattice(key), delta);
    } else {
      node.cells(key).join(delta);
    }
  }

  private void count(Item.State state) {
    world.tally().count(Kind.STATE_IS_JOINED);
    long theirs = state.said().floor().horizon();
    if (theirs < node.floor.horizon()) {
      world.tally().count(Kind.STATE_IS_OLDER_THAN_A_COLLECTION);
    }
    if (theirs > node.floor.horizon()) {
      world.tally().count(Kind.STATE_HAS_A_HIGHER_FLOOR);
    }
  }

  /** What is here and not in a state that has seen all of it was overridden, and is forgotten. */
  private Item.State withAbsences(Item.State state) {
    world.tally().count(Kind.STATE_IS_TAKEN_BY_ONE_THAT_IS_BEHIND);
    if (world.breakage() == Breakage.WHOLE) {
      return state;
    }
    Floor theirs = state.said().floor();
    Map<Bytes, KeyDelta> keys = new TreeMap<>(state.keys());
    node.keys.forEach(
        (key, kept) -> {
          Lattice lattice = node.lattice(key);
          KeyDelta stated = keys.getOrDefault(key, KeyDelta.ofHead(new byte[0]));
          byte[] head = lattice.headOf(stated.head(), kept.head(), theirs, node.floor);
          TreeMap<Bytes, byte[]> cells = new TreeMap<>(stated.cells());
          kept.asDelta()
              .cells()
              .forEach(
                  (id, cell) -> {
                    byte[] over = lattice.cellOf(head, cell, theirs, node.floor);
                    if (over != null) {
                      cells.putIfAbsent(id, over);
                    }
                  });
          keys.put(key, new KeyDelta(head, cells));
        });
    return new Item.State(state.rows(), keys, state.said(), state.ops());
  }

  /** A state is logged as a run of what is news here. */
  private Item.Run newsOf(Item.State state) {
    Map<Long, Extent> covers = new HashMap<>();
    state
        .rows()
        .forEach(
            (origin, row) -> {
              Progress held = node.row(origin);
              if (row.row().sequence() > held.row().sequence()) {
                covers.put(
                    origin,
                    new Extent(held.row().sequence(), held.chain(), row.row(), row.chain()));
              }
            });
    Map<Bytes, KeyDelta> keys = new TreeMap<>();
    state
        .keys()
        .forEach(
            (key, delta) -> {
              KeyDelta news = node.lattice(key).admit(delta, node.floor);
              if (world.breakage() == Breakage.FLOOR
                  || Join.changes(node.cells(key), node.lattice(key), news)) {
                keys.put(key, delta);
              }
            });
    BitSet ops = (BitSet) state.ops().clone();
    ops.andNot(node.seen);
    return new Item.Run(covers, keys, state.said(), ops);
  }

  private void hear(Said said) {
    node.roster = node.roster.join(said.roster());
    node.floor = node.floor.join(said.floor());
  }

  private void note(Item item, long stamp) {
    node.clock.observe(stamp);
    node.seen.or(item.ops());
    if (node.log.isEmpty() || node.log.get(node.log.size() - 1) != item) {
      node.log.add(item);
    }
  }
}
