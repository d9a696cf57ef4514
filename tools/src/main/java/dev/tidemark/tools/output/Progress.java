package dev.tidemark.tools.output;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One line that tells a waiting person how far it is: {@code 1,234,567 operations 45,678/s 42 %
 * 0:31 left}. It is redrawn in place a few times a second and wiped at the end. Safe to use from
 * several threads.
 */
public final class Progress implements AutoCloseable {
  private static final long REDRAW_NANOS = 200_000_000;
  private static final double NANOS = 1e9;
  private static final String WIPE = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean shown;
  private final String noun;
  private final LongSupplier nanoTime;
  private final long started;
  private long drawn;
  private boolean dirty;

  Progress(PrintWriter out, boolean shown, String noun, LongSupplier nanoTime) {
    this.out = out;
    this.shown = shown;
    this.noun = noun;
    this.nanoTime = nanoTime;
    this.started = nanoTime.getAsLong();
    this.drawn = started;
  }

  /**
   * Says how far it is; cheap enough to be called for every item.
   *
   * @param done how many of the noun
   * @param share of the whole, 0 to 1; anything else if the whole is not known
   */
  public synchronized void at(long done, double share) {
    long now = nanoTime.getAsLong();
    if (shown && now - drawn >= REDRAW_NANOS) {
      drawn = now;
      dirty = true;
      out.print(WIPE + text(done, share));
      out.flush();
    }
  }

  /** Seconds since the start. */
  public double seconds() {
    return (nanoTime.getAsLong() - started) / NANOS;
  }

  /** How many a second since the start, as people read it. */
  public String rate(long done) {
    return String.format(Locale.ROOT, "%,.0f/s", done / Math.max(seconds(), 1e-3));
  }

  /** Wipes the line, so that results stand alone. */
  @Override
  public synchronized void close() {
    if (dirty) {
      dirty = false;
      out.print(WIPE);
      out.flush();
    }
  }

  private String text(long done, double share) {
    String text = String.format(Locale.ROOT, "%,d %s  %s", done, noun, rate(done));
    if (share > 0 && share <= 1) {
      long left = Math.round(seconds() * (1 - share) / share);
      text +=
          String.format(Locale.ROOT, "  %.0f %%  %d:%02d left", share * 100, left / 60, left % 60);
    }
    return text;
  }
}
