package dev.tidemark.damage;

import dev.tidemark.Tidemark;
import dev.tidemark.damage.Ending.Outcome;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.format.Settled;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import dev.tidemark.storage.repair.Repair;
import dev.tidemark.storage.repair.RepairEvent;
import dev.tidemark.storage.repair.RepairReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Damages copies of stores, one damage each, and holds what comes of it to what is promised. */
final class Sweep implements AutoCloseable {
  private static final long BOUND_SECONDS = 60;
  private static final int REOPENED = 4;
  private static final Update AFTER = new Update.SetValue(Bytes.utf8("after"));
  private static final String AFTER_KEY = "lww-register/after";

  private final Path room;
  private final ExecutorService bounded = Executors.newCachedThreadPool();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<String, Integer> touched = new TreeMap<>();

  Sweep(Path room) {
    this.room = room;
  }

  /** One try: which store, which damage. */
  void run(Template template, long seed) {
    Path copy = room.resolve("damaged");
    String damage = damage(template, copy, seed);
    Map<String, Integer> before = Trees.contents(copy);
    try {
      Ending ending = within(() -> Ending.of(template, copy));
      touched.merge(template.kind() + " " + part(damage), 1, Integer::sum);
      count(ending.outcome() + (ending.whileReading() ? " while reading" : ""));
      follow(template, copy, ending, before, seed % REOPENED == 0);
      if (ending.outcome() == Outcome.EXACT_ERROR || ending.outcome() == Outcome.NAMED_LOSS) {
        damage(template, copy, seed);
        require(!verify(copy).isEmpty(), "verify is silent of: " + ending.words());
        require(before.keySet().equals(Trees.contents(copy).keySet()), "verify has written");
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          template.kind() + ", seed " + seed + ": " + damage + ": " + e.getMessage(), e);
    }
  }

  private void follow(
      Template template, Path copy, Ending ending, Map<String, Integer> before, boolean reopen) {
    if (ending.whileReading()) {
      // The store has remembered it: the next open makes it whole, or says that it cannot.
      Ending second = within(() -> Ending.of(template, copy));
      require(!second.whileReading(), "damage is met again: " + second + ", after " + ending);
      if (second.outcome() == Outcome.EXACT_ERROR) {
        repair(template, copy);
      }
    } else if (ending.outcome() == Outcome.EXACT_ERROR) {
      Map<String, Integer> after = Trees.contents(copy);
      require(
          before.equals(after),
          "a refused open has written: " + difference(before, after) + ", " + ending.words());
      repair(template, copy);
    } else if (reopen) {
      goOn(template, copy);
    }
  }

  private static String damage(Template template, Path copy, long seed) {
    Trees.delete(copy);
    Trees.copy(template.directory(), copy);
    Settled.settle(copy);
    return Damage.apply(template, copy, seed);
  }

  /** A hole shows only behind what is written after it. */
  private void goOn(Template template, Path copy) {
    Map<String, Value> values;
    try (Tidemark store = Tidemark.open(copy, Templates.SCHEMA, Templates.OPTIONS)) {
      values = Ending.read(template, store);
      store.update(AFTER_KEY, AFTER);
    }
    try (Tidemark store = Tidemark.open(copy, Templates.SCHEMA, Templates.OPTIONS)) {
      require(values.equals(Ending.read(template, store)), "another open, other values");
      require(store.value(AFTER_KEY).toString().contains("after"), "an update is gone");
    }
    count("reopened");
  }

  private void repair(Template template, Path copy) {
    Path target = room.resolve("repaired");
    Trees.delete(target);
    Map<String, Integer> before = Trees.contents(copy);
    List<RepairEvent> events = new ArrayList<>();
    RepairReport report = within(() -> Repair.run(copy, target, events::add));
    require(before.equals(Trees.contents(copy)), "repair has changed what it read");
    count("repaired from " + report.basis() + (report.isComplete() ? "" : " with loss"));
    List<String> findings = verify(target);
    require(findings.isEmpty(), "verify of the new store: " + findings);
    Set<Bytes> commits = Template.commitsOf(target);
    require(template.commits().containsAll(commits), "the new log has what the old one had not");
    require(report.commits() == commits.size(), "the new log has not what is reported: " + report);
    require(
        report.isComplete() == events.stream().noneMatch(RepairEvent::isLoss),
        "losses are not listed: " + report);
    try (Tidemark store = Tidemark.open(target, Templates.SCHEMA, Templates.OPTIONS)) {
      require(store.recovery().found().equals("clean"), "opens as " + store.recovery());
      // With a loss it is the join of what the log has, or a copy of a sound state: see verify.
      boolean all = template.history().find(Ending.read(template, store), template.mark()) >= 0;
      require(all || !report.isComplete(), "called complete, and is not: " + events);
      store.update(AFTER_KEY, AFTER);
    }
  }

  /** What verify finds, a tail that it would cut included. */
  private List<String> verify(Path directory) {
    Path scratch = room.resolve("scratch");
    Trees.delete(scratch);
    List<String> found = new ArrayList<>();
    try {
      VerifyReport report =
          within(() -> Verification.run(directory, scratch, f -> found.add(f.toString())));
      if (report.tornTail() != null) {
        found.add(report.tornTail());
      }
    } catch (TidemarkException e) {
      found.add(e.getMessage());
    }
    return found;
  }

  private <T> T within(Callable<T> body) {
    Future<T> future = bounded.submit(body);
    try {
      return future.get(BOUND_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not over after " + BOUND_SECONDS + " s", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TidemarkException told) {
        throw told;
      }
      throw new AssertionError(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private static Set<String> difference(Map<String, Integer> before, Map<String, Integer> after) {
    Map<String, Integer> changed = new TreeMap<>(after);
    before.forEach(changed::remove);
    return changed.keySet();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  private static String part(String damage) {
    for (String name :
        List.of(".cq4", ".sst", "MANIFEST", "CATALOGUE", "DURABLE-MARK", "IDENTITY")) {
      if (damage.contains(name)) {
        return name;
      }
    }
    return "else";
  }

  /** How often each kind of store was damaged in each kind of file. */
  Map<String, Integer> touched() {
    return touched;
  }

  /** How often each outcome was met. */
  Map<String, Integer> counts() {
    return counts;
  }

  @Override
  public void close() {
    bounded.shutdownNow();
  }
}
