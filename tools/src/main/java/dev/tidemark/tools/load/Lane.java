package dev.tidemark.tools.load;

import dev.tidemark.Entry;
import dev.tidemark.Scan;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.load.CommitWriter.Written;
import dev.tidemark.type.Durability;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One writer at work: commit, say so, look at what was written, and so on. It goes on to the next
 * commit only when the last one is acknowledged.
 */
final class Lane implements Runnable {
  private static final int SCANNED = 200;

  private final Tidemark store;
  private final LaneId id;
  private final CommitWriter writer;
  private final @Nullable Durability durability;
  private final @Nullable AckFile acks;
  private final Pace pace;
  private final LoadNumbers numbers;
  private final Patience patience;
  private final LaneModel model;
  private final WholeValues whole;

  /**
   * A writer.
   *
   * @param durability what every commit asks for, or null for what the plan says
   * @param acks where to say so, or null to say nothing
   */
  Lane(
      Tidemark store,
      LaneId id,
      Workload workload,
      CommitWriter writer,
      @Nullable Durability durability,
      @Nullable AckFile acks,
      Pace pace,
      LoadNumbers numbers) {
    this.store = store;
    this.whole = new WholeValues(store);
    this.id = id;
    this.writer = writer;
    this.durability = durability;
    this.acks = acks;
    this.pace = pace;
    this.numbers = numbers;
    this.patience = new Patience(pace, numbers);
    this.model = new LaneModel(workload);
  }

  @Override
  public void run() {
    try {
      while (pace.take()) {
        PlannedCommit commit = model.workload().at(model.commits() + 1);
        if (!write(commit)) {
          return;
        }
        aside(commit);
      }
    } catch (Throwable e) {
      // Errors too: an InternalError is what a full disk under a mapped file looks like.
      pace.fail(e);
    }
  }

  /** Writes and acknowledges; false if there was no space for it until the end. */
  private boolean write(PlannedCommit commit) throws IOException {
    Durability asked = durability == null ? commit.durability() : durability;
    Written written = patience.call(() -> writer.write(commit, asked, commit.awaited()));
    if (written == null) {
      return false;
    }
    model.advance(commit);
    if (acks != null) {
      acks.append(
          new Acknowledgement(id, model.commits(), written.from(), written.to(), asked).line());
    }
    numbers.commits.increment();
    numbers.updates.add(commit.updates().size());
    numbers.synced.add(asked == Durability.SYNCED ? 1 : 0);
    numbers.remote.add(writer instanceof RemoteWriter ? 1 : 0);
    return true;
  }

  private void aside(PlannedCommit commit) {
    try {
      switch (commit.aside()) {
        case NOTHING -> {}
        case READ -> read(commit);
        case SCAN -> scan();
        case FLUSH -> {
          store.flush();
          numbers.flushes.increment();
        }
        case ROLL -> {
          store.roll();
          numbers.rolls.increment();
        }
        case COMPACT -> {
          store.compact();
          numbers.compactions.increment();
        }
        case SNAPSHOT -> {
          store.snapshot();
          numbers.snapshots.increment();
        }
        case TRUNCATE -> {
          store.truncate();
          numbers.truncations.increment();
        }
        case COLLECT -> {
          store.collect();
          numbers.collections.increment();
        }
        case SWEEP -> {
          store.largeValues().sweep();
          numbers.sweeps.increment();
        }
      }
    } catch (OutOfSpaceException e) {
      numbers.refused.increment();
    }
  }

  /** What was just written has to be there at once. */
  private void read(PlannedCommit commit) {
    String key = commit.updates().get(0).key();
    expect(key, store.value(key));
    numbers.reads.increment();
  }

  private void scan() {
    String prefix = Keys.SCHEMA.namespaces().iterator().next().prefix().toUtf8();
    try (Scan scan = store.scan(prefix + id.tag() + "/")) {
      for (Entry entry : scan.page(SCANNED)) {
        expect(entry.key(), entry.value());
      }
    }
    numbers.scans.increment();
  }

  private void expect(String key, Value shown) {
    Value expected = model.value(key);
    Value actual = whole.of(key, shown);
    if (!expected.equals(actual)) {
      throw new DamagedException(
          Problem.of("store shows another value than was written")
              .with("key", key)
              .with("expected", expected)
              .with("actual", actual)
              .with("writer", id)
              .with("commits", model.commits()));
    }
  }
}
