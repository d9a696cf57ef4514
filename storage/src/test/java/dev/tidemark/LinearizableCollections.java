package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** An {@code or-set} and an {@code lww-map}. */
@Param(name = "element", gen = IntGen.class, conf = "1:3")
public final class LinearizableCollections extends LinearizableRun {
  private final String set = key("s:");
  private final String map = key("m:");

  @Operation
  public void add(@Param(name = "element") int element) {
    store().orSet(set, Codec.int64()).add((long) element);
  }

  @Operation
  public void remove(@Param(name = "element") int element) {
    store().orSet(set, Codec.int64()).remove((long) element);
  }

  @Operation
  public void clear() {
    store().orSet(set, Codec.int64()).delete();
  }

  @Operation
  public boolean contains(@Param(name = "element") int element) {
    return store().orSet(set, Codec.int64()).contains((long) element);
  }

  @Operation
  public long size() {
    return store().orSet(set, Codec.int64()).size();
  }

  @Operation
  public String elements() {
    return store().orSet(set, Codec.int64()).elements().toString();
  }

  @Operation
  public void put(
      @Param(name = "element") int field, @Param(gen = IntGen.class, conf = "4:6") int value) {
    store().lwwMap(map, Codec.int64(), Codec.int64()).put((long) field, (long) value);
  }

  @Operation
  public long field(@Param(name = "element") int field) {
    return store().lwwMap(map, Codec.int64(), Codec.int64()).get((long) field).orElse(0L);
  }

  @Operation
  public long fields() {
    return store().lwwMap(map, Codec.int64(), Codec.int64()).size();
  }

  /** What it must look like. */
  public static final class Plain {
    private final TreeSet<Long> set = new TreeSet<>();
    private final Map<Integer, Integer> map = new HashMap<>();

    public void add(int element) {
      set.add((long) element);
    }

    public void remove(int element) {
      set.remove((long) element);
    }

    public void clear() {
      set.clear();
    }

    public boolean contains(int element) {
      return set.contains((long) element);
    }

    public long size() {
      return set.size();
    }

    public String elements() {
      return set.toString();
    }

    public void put(int field, int value) {
      map.put(field, value);
    }

    public long field(int field) {
      return map.getOrDefault(field, 0);
    }

    public long fields() {
      return map.size();
    }
  }
}
