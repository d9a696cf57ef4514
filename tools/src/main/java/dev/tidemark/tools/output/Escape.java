package dev.tidemark.tools.output;

import dev.tidemark.engine.codec.Bytes;

/**
 * Stored bytes as text that is safe on a terminal and unambiguous to a reader: control characters,
 * line separators and marks that turn the writing direction are written as escapes, and so is a
 * byte that is not UTF-8 ({@code \xff}).
 */
public final class Escape {

  private Escape() {}

  /** The bytes in double quotes. */
  public static String quoted(Bytes bytes) {
    return '"' + escape(bytes, true) + '"';
  }

  /** The bytes without quotes, for a column of its own: holds no tab and no line end. */
  public static String bare(Bytes bytes) {
    return escape(bytes, false);
  }

  /** A line of ours that may quote a stranger: tabs stay, everything else unsafe is escaped. */
  public static String line(String text) {
    int i = 0;
    while (i < text.length() && (text.charAt(i) == '\t' || !unsafe(text.charAt(i)))) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, i);
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\t' && unsafe(c)) {
        unicode(out, c);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Whether the character could move the cursor, forge a line or hide text. */
  static boolean unsafe(char c) {
    return c < ' '
        || (c >= 0x7f && c <= 0x9f)
        || c == '\u200e'
        || c == '\u200f'
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069')
        || c == '\ufeff';
  }

  private static String escape(Bytes bytes, boolean quotes) {
    if (!bytes.isUtf8()) {
      return raw(bytes, quotes);
    }
    String text = bytes.toUtf8();
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      append(out, text.charAt(i), quotes);
    }
    return out.toString();
  }

  /** Bytes that are no text: ASCII as it is, the rest byte by byte. */
  private static String raw(Bytes bytes, boolean quotes) {
    StringBuilder out = new StringBuilder(bytes.length() * 2);
    for (byte b : bytes.array()) {
      if (b >= ' ' && b < 0x7f) {
        append(out, (char) b, quotes);
      } else {
        out.append(String.format("\\x%02x", b & 0xff));
      }
    }
    return out.toString();
  }

  private static void append(StringBuilder out, char c, boolean quotes) {
    switch (c) {
      case '\\' -> out.append("\\\\");
      case '"' -> out.append(quotes ? "\\\"" : "\"");
      case '\t' -> out.append("\\t");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      default -> {
        if (unsafe(c)) {
          unicode(out, c);
        } else {
          out.append(c);
        }
      }
    }
  }

  private static void unicode(StringBuilder out, char c) {
    out.append(String.format("\\u%04x", (int) c));
  }
}
