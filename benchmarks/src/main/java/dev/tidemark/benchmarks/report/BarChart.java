package dev.tidemark.benchmarks.report;

import dev.tidemark.benchmarks.harness.Figure;
import java.util.ArrayList;
import java.util.List;

/**
 * Horizontal bars on a logarithmic scale, from a line at 1 to the right for what is above it and to
 * the left for what is below, as an SVG document.
 */
final class BarChart {
  private static final int LABEL_WIDTH = 380;
  private static final int PLOT_WIDTH = 460;
  private static final int VALUE_WIDTH = 70;
  private static final int BAR_HEIGHT = 16;
  private static final int STEP = 24;
  private static final int TOP = 46;
  private static final int WIDTH = LABEL_WIDTH + PLOT_WIDTH + VALUE_WIDTH;

  private final String title;
  private final List<Bar> bars = new ArrayList<>();

  /** An empty chart. */
  BarChart(String title) {
    this.title = title;
  }

  /** Adds a bar; a value that is not a positive number has none to show. */
  void add(String label, double value) {
    if (Double.isFinite(value) && value > 0) {
      bars.add(new Bar(label, value));
    }
  }

  /** How many bars there are. */
  int size() {
    return bars.size();
  }

  /** The document. */
  String svg() {
    int height = TOP + bars.size() * STEP + 10;
    double decades = decades();
    double middle = LABEL_WIDTH + PLOT_WIDTH / 2.0;
    StringBuilder out = new StringBuilder();
    out.append(
        Figure.format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
            WIDTH, height));
    text(out, 10, 22, "start", "bold", title);
    for (int i = 0; i < bars.size(); i++) {
      bar(out, bars.get(i), TOP + i * STEP, middle, decades);
    }
    out.append(
        Figure.format(
            "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"black\"/>%n",
            middle, TOP - 8, middle, height - 6));
    return out.append("</svg>\n").toString().replace("\r\n", "\n");
  }

  private static void bar(StringBuilder out, Bar bar, int y, double middle, double decades) {
    double length = Math.abs(Math.log10(bar.value)) / decades * PLOT_WIDTH / 2;
    boolean above = bar.value >= 1;
    text(out, LABEL_WIDTH - 8, y + 12, "end", "normal", bar.label);
    out.append(
        Figure.format(
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
            above ? middle : middle - length,
            y,
            length,
            BAR_HEIGHT,
            above ? "#2a7f62" : "#c46a2b"));
    String value = Figure.format(bar.value < 10 ? "%.2f" : "%,.0f", bar.value);
    text(out, LABEL_WIDTH + PLOT_WIDTH + 8, y + 12, "start", "normal", value);
  }

  private static void text(
      StringBuilder out, int x, int y, String anchor, String weight, String text) {
    out.append(
        Figure.format(
            "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>%n",
            x, y, anchor, weight, escaped(text)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Powers of ten on either side of 1 that hold all bars. */
  private double decades() {
    return bars.stream().mapToDouble(bar -> Math.abs(Math.log10(bar.value))).max().orElse(1) + 0.01;
  }

  private record Bar(String label, double value) {}
}
