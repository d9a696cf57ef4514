package dev.tidemark.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The classes of a made-up user. */
final class Sample {
  private Sample() {}

  /** Something that happened. */
  sealed interface Event permits Placed, Paid, Cancelled {}

  /** A constant with a body, so that its class is not the enum's. */
  enum Channel {
    WEB,
    SHOP {
      @Override
      boolean isRemote() {
        return false;
      }
    };

    boolean isRemote() {
      return true;
    }
  }

  record Item(String article, int amount, long cents) {
    Item {
      if (amount < 0) {
        throw new IllegalArgumentException("amount is below 0");
      }
    }
  }

  record Placed(UUID order, Channel channel, List<Item> items, Map<String, Set<Integer>> tags)
      implements Event {}

  record Paid(
      BigDecimal amount,
      BigInteger reference,
      Instant at,
      LocalDate due,
      ZoneId zone,
      Duration took)
      implements Event {}

  record Cancelled(Optional<String> reason, boolean isFinal, char code, double score)
      implements Event {}

  /** A class with a superclass, private members and one that is left out. */
  static class Named {
    private String name = "";

    Named() {}
  }

  static final class Account extends Named {
    private final int number;
    private Object extra;
    private transient int cached = 7;

    private Account() {
      this("", 0, null);
    }

    Account(String name, int number, Object extra) {
      super.name = name;
      this.number = number;
      this.extra = extra;
    }

    String describe() {
      return super.name + "/" + number + "/" + extra + "/" + cached;
    }
  }

  record Typed(String text, List<String> list) {}

  record Node(List<Object> children) {}

  static KryoCodec<Event> events() {
    return KryoCodec.of(
        Event.class, Placed.class, Paid.class, Cancelled.class, Item.class, Channel.class);
  }
}
