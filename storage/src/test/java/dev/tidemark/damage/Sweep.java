package dev.tidemark.damage;

import dev.tidemark.EveryStrategy;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.format.Place;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.repair.Repair;
import dev.tidemark.storage.repair.RepairEvent;
import dev.tidemark.storage.repair.RepairReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Damages copies of stores, one damage each, opens them and judges what comes of it. There are
 * three ways it may end, and no other: everything is as it was; an error says what is wrong, and
 * nothing was written; or a suffix that was never promised is gone, and the report says so.
 */
final class Sweep implements AutoCloseable {
  /** How a damage ended. */
  enum Outcome {
    EXACT_RECOVERY,
    EXACT_ERROR,
    NAMED_LOSS
  }

  private static final long BOUND_SECONDS = 5;

  private final Path room;
  private final ExecutorService bounded = Executors.newCachedThreadPool();
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private final Map<String, Integer> repairs = new TreeMap<>();
  private int verified;

  Sweep(Path room) {
    this.room = room;
  }

  /** One try: which store, which damage. */
  void run(Template template, long seed) {
    Path copy = room.resolve("damaged");
    Trees.delete(copy);
    Trees.copy(template.directory(), copy);
    settle(copy);
    String what = template.kind() + ", seed " + seed + ": " + Damage.apply(template, copy, seed);
    try {
      judge(template, copy, () -> again(template, copy, seed));
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(what + ": " + e.getMessage(), e);
    }
  }

  private void again(Template template, Path copy, long seed) {
    Trees.delete(copy);
    Trees.copy(template.directory(), copy);
    settle(copy);
    Damage.apply(template, copy, seed);
  }

  /** The copy is where the store always was: that it is a copy is not the damage. */
  private static void settle(Path copy) {
    StoreFiles files = new StoreFiles(copy);
    Identity identity = Identity.read(files).orElseThrow();
    try {
      new Identity(
              identity.storeId(),
              identity.replicaId(),
              identity.createdMillis(),
              identity.finished(),
              Place.of(copy),
              identity.formerReplicaIds())
          .write(files, dev.tidemark.storage.file.DurableFiles.standard());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void judge(Template template, Path copy, Runnable again) {
    Map<String, Integer> before = Trees.contents(copy);
    Ending ending = within(() -> open(template, copy));
    outcomes.merge(ending.outcome, 1, Integer::sum);
    if (ending.outcome == Outcome.EXACT_RECOVERY) {
      return;
    }
    if (ending.whileReading) {
      heal(template, copy, ending);
    } else if (ending.outcome == Outcome.EXACT_ERROR) {
      Map<String, Integer> after = Trees.contents(copy);
      require(before.equals(after), "a refused open has written: " + difference(before, after));
      repair(template, copy);
    }
    again.run();
    require(!verify(copy, "before").isEmpty(), "verify is silent of: " + ending.error);
    require(before.keySet().equals(Trees.contents(copy).keySet()), "verify has written");
  }

  private record Ending(Outcome outcome, String error, boolean whileReading) {}

  private static Ending open(Template template, Path copy) {
    Tidemark store;
    try {
      store = Tidemark.open(copy, Templates.SCHEMA, Templates.OPTIONS);
    } catch (TidemarkException e) {
      require(e.getMessage().contains(copy.toString()), "the error names no file: " + e);
      return new Ending(Outcome.EXACT_ERROR, e.getMessage(), false);
    }
    try (store) {
      return values(template, copy, store);
    }
  }

  private static Ending values(Template template, Path copy, Tidemark store) {
    Map<String, Value> values = new TreeMap<>();
    try {
      for (String key : template.history().keys()) {
        values.put(key, store.value(key));
      }
    } catch (DamagedException e) {
      require(e.getMessage().contains(copy.toString()), "the error names no file: " + e);
      return new Ending(Outcome.EXACT_ERROR, e.getMessage(), true);
    }
    if (values.equals(whole(template, template.history().last()))) {
      return new Ending(Outcome.EXACT_RECOVERY, "", false);
    }
    RecoveryReport report = store.recovery();
    for (long p = template.history().last() - 1; p >= mark(template); p--) {
      if (values.equals(whole(template, p))) {
        boolean said = report.tornBytes() > 0 || report.found().contains("unsealed");
        require(said, "a suffix is gone and the report says " + report);
        return new Ending(Outcome.NAMED_LOSS, report.found(), false);
      }
    }
    throw new AssertionError("wrong values after " + report);
  }

  /** All values of a position, those of keys not yet written too. */
  private static Map<String, Value> whole(Template template, long position) {
    Map<String, Value> written = template.history().at(position);
    Map<String, Value> all = new TreeMap<>();
    for (String key : template.history().keys()) {
      Value value = written.get(key);
      all.put(key, value != null ? value : empty(key));
    }
    return all;
  }

  private static Value empty(String key) {
    var lattice =
        Templates.SCHEMA.of(dev.tidemark.engine.codec.Bytes.utf8(key)).strategy().lattice();
    return lattice.value(dev.tidemark.engine.lattice.KeyState.bottomOf(lattice));
  }

  private static long mark(Template template) {
    try (LogReader log = LogReader.open(new StoreFiles(template.directory()))) {
      return log.durableMark().orElseThrow();
    }
  }

  /** A read has met damage: the store says so from then on, and the next open makes it whole. */
  private void heal(Template template, Path copy, Ending first) {
    Ending second = within(() -> open(template, copy));
    if (second.outcome == Outcome.EXACT_ERROR) {
      require(!second.whileReading, "damage is met again: " + second.error + ", after " + first);
      repair(template, copy);
    }
  }

  private void repair(Template template, Path copy) {
    Path target = room.resolve("repaired");
    Trees.delete(target);
    Map<String, Integer> before = Trees.contents(copy);
    List<RepairEvent> events = new ArrayList<>();
    RepairReport report = within(() -> Repair.run(copy, target, events::add));
    require(before.equals(Trees.contents(copy)), "repair has changed what it read");
    require(
        verify(target, "repaired").isEmpty(), "verify of " + report + ": " + verify(target, "r"));
    repairs.merge(
        report.basis() + (report.isComplete() ? ", complete" : ", with loss"), 1, Integer::sum);
    expectSubset(template, target, report);
    try (Tidemark store = Tidemark.open(target, Templates.SCHEMA, Templates.OPTIONS)) {
      require(store.recovery().found().equals("clean"), "opens as " + store.recovery());
      Map<String, Value> values = new TreeMap<>();
      for (String key : template.history().keys()) {
        values.put(key, store.value(key));
      }
      boolean same = values.equals(whole(template, template.history().last()));
      boolean prefix = false;
      for (long p = mark(template); p <= template.history().last(); p++) {
        prefix |= values.equals(whole(template, p));
      }
      require(!report.isComplete() || prefix, "complete, and yet not: " + events);
      require(same || prefix || !report.isComplete(), "not the same: " + events);
      store.update(
          "lww-register/after",
          EveryStrategy.update(dev.tidemark.engine.strategy.Strategy.LWW_REGISTER, 0, 0, 1));
    }
  }

  /** Every commit of the new log is, to the byte, one that the old one had. */
  private static void expectSubset(Template template, Path target, RepairReport report) {
    Set<String> had = commits(template.directory());
    Set<String> has = commits(target);
    require(had.containsAll(has), "the new log has commits that the old one had not");
    require(report.commits() == has.size(), "report says " + report + ", log has " + has.size());
  }

  private static Set<String> commits(Path directory) {
    try (LogReader log = LogReader.open(new StoreFiles(directory));
        var cursor = log.cursor(log.firstPosition())) {
      List<String> all = new ArrayList<>();
      while (cursor.next()) {
        all.add(
            new String(
                cursor.array(),
                cursor.offset(),
                cursor.length(),
                java.nio.charset.StandardCharsets.ISO_8859_1));
      }
      return all.stream().collect(Collectors.toSet());
    }
  }

  private List<String> verify(Path directory, String name) {
    verified++;
    Path scratch = room.resolve("scratch-" + name);
    Trees.delete(scratch);
    List<String> found = new ArrayList<>();
    try {
      VerifyReport report =
          Verification.run(directory, scratch, (Finding finding) -> found.add(finding.toString()));
      if (report.tornTail() != null) {
        found.add(report.tornTail());
      }
    } catch (TidemarkException e) {
      found.add(e.getMessage());
    }
    return found;
  }

  private <T> T within(java.util.concurrent.Callable<T> body) {
    Future<T> future = bounded.submit(body);
    try {
      return future.get(BOUND_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not over after " + BOUND_SECONDS + " s");
    } catch (ExecutionException e) {
      throw new AssertionError(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String difference(Map<String, Integer> before, Map<String, Integer> after) {
    Map<String, Integer> changed = new TreeMap<>(after);
    before.forEach(changed::remove);
    return changed.keySet() + " of " + after.size();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  @Override
  public String toString() {
    return "damages by outcome " + outcomes + ", repairs " + repairs + ", verified " + verified;
  }

  @Override
  public void close() {
    bounded.shutdownNow();
  }
}
