package dev.tidemark.storage.core;

import dev.tidemark.storage.state.Pin;

/** A moment of the state that several readers share: it is let go of when the last has left. */
final class SharedPin {
  private final Pin pin;
  // Who made it is the first.
  private int users = 1;

  SharedPin(Pin pin) {
    this.pin = pin;
  }

  /** One more reader; false if it is gone already. */
  synchronized boolean enter() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  /** One reader less. */
  void leave() {
    boolean last;
    synchronized (this) {
      users--;
      last = users == 0;
    }
    if (last) {
      pin.close();
    }
  }

  Pin pin() {
    return pin;
  }
}
