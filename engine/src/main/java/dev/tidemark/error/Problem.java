package dev.tidemark.error;

import java.nio.charset.StandardCharsets;

/**
 * The message of a failure: {@code title: name=value, name=value; what to do}. The title is
 * constant, so that it can be searched for and counted; values are escaped, so that a hostile key
 * cannot forge a line of a log.
 */
public final class Problem {
  private static final int MAX_VALUE_CHARS = 200;

  private final String title;
  private final StringBuilder fields = new StringBuilder();
  private String advice = "";

  private Problem(String title) {
    this.title = title;
  }

  /** Starts a message with its constant title. */
  public static Problem of(String title) {
    return new Problem(title);
  }

  /** Adds a field; long values are shortened, control characters escaped. */
  public Problem with(String name, Object value) {
    fields.append(fields.isEmpty() ? ": " : ", ").append(name).append('=');
    fields.append(printable(String.valueOf(value)));
    return this;
  }

  /** Says what the reader can do about it. */
  public Problem advise(String whatToDo) {
    advice = whatToDo;
    return this;
  }

  /** The constant title. */
  public String title() {
    return title;
  }

  /** The whole message. */
  public String message() {
    return advice.isEmpty() ? title + fields : title + fields + "; " + advice;
  }

  /** The caller handed in something that can never be accepted. */
  public IllegalArgumentException illegalArgument() {
    return new IllegalArgumentException(message());
  }

  /** The caller did something at the wrong time. */
  public IllegalStateException illegalState() {
    return new IllegalStateException(message());
  }

  /** A promise of our own is broken: always on, never caught inside the library. */
  public AssertionError broken() {
    return new AssertionError(message());
  }

  @Override
  public String toString() {
    return message();
  }

  /** The bytes as text for a message: UTF-8 where it is, control characters escaped. */
  public static String printable(byte[] utf8) {
    return printable(new String(utf8, StandardCharsets.UTF_8));
  }

  /** The text with control characters escaped and its length bounded. */
  public static String printable(String text) {
    StringBuilder out = new StringBuilder();
    int shown = Math.min(text.length(), MAX_VALUE_CHARS);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || c == '\u202e') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return shown < text.length() ? out + "... (" + text.length() + " characters)" : out.toString();
  }
}
