package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Value;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Commits that read and write two registers, and scans over both. */
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public final class LinearizableTwoKeys extends LinearizableRun {
  private final String prefix = key("r");

  @Operation
  public void append(@Param(name = "value") int value) {
    store()
        .commit(
            batch -> {
              var b = batch.lwwRegister(prefix + "b", Codec.utf8());
              batch.lwwRegister(prefix + "a", Codec.utf8()).set("" + value);
              b.set(b.get().orElse("") + value);
            });
  }

  @Operation
  public void swap() {
    store()
        .commit(
            batch -> {
              var a = batch.lwwRegister(prefix + "a", Codec.utf8());
              var b = batch.lwwRegister(prefix + "b", Codec.utf8());
              String first = a.get().orElse("");
              a.set(b.get().orElse(""));
              b.set(first);
            });
  }

  @Operation
  public void deleteFirst() {
    store().lwwRegister(prefix + "a", Codec.utf8()).delete();
  }

  @Operation
  public String second() {
    return store().lwwRegister(prefix + "b", Codec.utf8()).get().orElse("");
  }

  @Operation
  public String scan() {
    StringBuilder found = new StringBuilder();
    try (Scan scan = store().scan(prefix)) {
      for (Entry entry : scan.page(5)) {
        String value = ((Value.Register) entry.value()).value().toUtf8();
        found.append(entry.key().substring(prefix.length())).append('=').append(value);
      }
    }
    return found.toString();
  }

  /** What it must look like. */
  public static final class Plain {
    private String first;
    private String second;

    public void append(int value) {
      first = "" + value;
      second = second() + value;
    }

    public void swap() {
      String before = first == null ? "" : first;
      first = second();
      second = before;
    }

    public void deleteFirst() {
      first = null;
    }

    public String second() {
      return second == null ? "" : second;
    }

    public String scan() {
      return (first == null ? "" : "a=" + first) + (second == null ? "" : "b=" + second);
    }
  }
}
