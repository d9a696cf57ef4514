package dev.tidemark.tools.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One writer: a thread of a session. It makes its commits one after the other, so at most one of
 * them is made and not acknowledged.
 */
record LaneId(long session, int lane) implements Comparable<LaneId> {
  private static final Pattern TAG = Pattern.compile("s([1-9][0-9]{0,17})\\.([0-9]{1,4})");

  /** How keys and elements name it. */
  String tag() {
    return "s" + session + "." + lane;
  }

  /** The writer of a tag, or null if it is none. */
  static @Nullable LaneId parse(String tag) {
    Matcher matcher = TAG.matcher(tag);
    return matcher.matches()
        ? new LaneId(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)))
        : null;
  }

  @Override
  public int compareTo(LaneId other) {
    int bySession = Long.compare(session, other.session);
    return bySession != 0 ? bySession : Integer.compare(lane, other.lane);
  }

  @Override
  public String toString() {
    return tag();
  }
}
