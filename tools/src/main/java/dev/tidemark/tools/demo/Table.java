package dev.tidemark.tools.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as a table for people. */
final class Table {
  private static final String ROW = "  %-5s  %-16s %14s  %s";
  private static final double KIB = 1024;

  private final List<String> lines = new ArrayList<>();

  private Table() {}

  static List<String> of(Report report) {
    Table table = new Table();
    History history = report.history();
    table.lines.add("");
    table.line(
        "  %d years of a project's history, replayed at %d replicas",
        history.years(), report.usage().replicas());
    table.lines.add("");
    report.checks().forEach(table::check);
    table.lines.add("");
    table.history(history);
    table.usage(report.usage());
    table.lines.add("");
    table.verdict(report);
    return List.copyOf(table.lines);
  }

  private void check(Check check) {
    String count = text("%,d of %,d", check.right(), check.of());
    row(check.passed() ? "ok" : "WRONG", check.what(), count, check.remark());
    check.differences().forEach(difference -> row("", "", "", difference));
  }

  private void history(History history) {
    String who = text("by %,d people, %,d of them merges", history.people(), history.merges());
    row("", "commits", number(history.size()), who);
    row("", "path writes", number(history.writes()), "");
  }

  private void usage(Usage usage) {
    String origin = text("%,d made, %,d received", usage.made(), usage.received());
    row("", "operations", number(usage.operations()), origin);
    String time = text("operations a second, in %.1f s", usage.seconds());
    row("", "rate", number(Math.round(usage.perSecond())), time);
    row("", "log", size(usage.logBytes()), each(usage, usage.logBytes()));
    row("", "state", size(usage.stateBytes()), each(usage, usage.stateBytes()));
    if (usage.wireBytes() > 0) {
      double share = 100.0 * usage.wireBytes() / usage.newcomerLogBytes();
      row(
          "",
          "on the wire",
          size(usage.wireBytes()),
          text("for a newcomer: %.0f %% of its log", share));
    }
    String process =
        usage.processBytes() == 0
            ? ""
            : "; the process, with mapped files, " + size(usage.processBytes());
    row("", "peak memory", size(usage.heapBytes()), "heap" + process);
  }

  private void verdict(Report report) {
    long failed = report.checks().stream().filter(check -> !check.passed()).count();
    line(
        failed == 0 ? "  Everything is as git has it." : "  %d of %d checks failed.",
        failed,
        report.checks().size());
  }

  private static String each(Usage usage, long bytes) {
    return text("%,.0f bytes an operation", usage.bytesPerOperation(bytes));
  }

  private static String number(long n) {
    return text("%,d", n);
  }

  private static String size(long bytes) {
    double mib = bytes / KIB / KIB;
    return mib < KIB ? text("%.0f MiB", mib) : text("%.1f GiB", mib / KIB);
  }

  private void row(String verdict, String what, String count, String remark) {
    lines.add(text(ROW, verdict, what, count, remark).stripTrailing());
  }

  private void line(String format, Object... arguments) {
    lines.add(text(format, arguments));
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
