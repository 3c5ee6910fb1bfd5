import CHoldfastLinux
import HoldfastCore

/// Descriptors by slot.
extension Reactor {
    /// The descriptor of `slot`; -1 when it has none.
    @inlinable
    public func descriptor(of slot: Int) -> Int32 { attachments[slot].descriptor }

    /// Watches `descriptor` as that of `slot`, which has none. Returns 0, or errno, and then the descriptor is closed.
    public mutating func attach(_ descriptor: Int32, to slot: Int, _ interest: Interest) -> Int32 {
        precondition(slot >= 0 && slot < capacity, "The reactor has no slot \(slot).")
        precondition(attachments[slot].descriptor < 0, "Slot \(slot) has a descriptor already.")
        let token = Token(slot: slot, generation: attachments[slot].generation)
        let failure = control(holdfast_epoll_add, descriptor, interest, token)
        guard failure == 0 else {
            Socket.close(descriptor)
            return -failure
        }
        attachments[slot].descriptor = descriptor
        attached += 1
        if attached > attachedPeak { attachedPeak = attached }
        return 0
    }

    /// Starts a connect of `slot`, which has no descriptor, and watches it as `Interest.outgoing`. Returns 0, or errno
    /// when it failed on the spot.
    ///
    /// It succeeded when `ready` says `writable` without `failed`; else `takeError` tells why it did not.
    public mutating func connect(_ slot: Int, from source: Endpoint, to destination: Endpoint) -> Int32 {
        let descriptor = Socket.connect(from: source, to: destination)
        guard descriptor >= 0 else { return -descriptor }
        return attach(descriptor, to: slot, .outgoing)
    }

    /// Watches the descriptor of `slot` for something else. What is ready already is told again, also by edge.
    public mutating func watch(_ slot: Int, _ interest: Interest) {
        let token = Token(slot: slot, generation: attachments[slot].generation)
        let failure = control(holdfast_epoll_modify, attachments[slot].descriptor, interest, token)
        precondition(failure == 0, "Slot \(slot) cannot be watched: errno \(-failure).")
    }

    /// Takes the descriptor of `slot` back, open and no longer watched.
    public mutating func detach(_ slot: Int) -> Int32 {
        let descriptor = release(slot)
        _ = control(holdfast_epoll_delete, descriptor, .nothing, .wake)
        return descriptor
    }

    /// Closes the descriptor of `slot`: FIN, or RST when something was received and never read. The deadline stays.
    public mutating func close(_ slot: Int) { Socket.close(release(slot)) }

    /// Closes the descriptor of `slot` with RST. The deadline stays.
    public mutating func reset(_ slot: Int) { Socket.reset(release(slot)) }

    /// Sends FIN on `slot` after what was written; reading goes on.
    public func finish(_ slot: Int) { Socket.finish(attachments[slot].descriptor) }

    /// Reads into `buffer` what is there for `slot`, as much as fits.
    @inlinable
    public func read(_ slot: Int) -> ReadOutcome { Socket.read(attachments[slot].descriptor, into: buffer) }

    /// Writes to `slot` as much as there is room for.
    @inlinable
    public func write(_ slot: Int, _ bytes: UnsafeRawBufferPointer) -> WriteOutcome {
        Socket.write(attachments[slot].descriptor, bytes)
    }

    /// The next connection of the listener of `slot`.
    @inlinable
    public func accept(_ slot: Int) -> AcceptOutcome { Socket.accept(attachments[slot].descriptor) }

    /// The pending error of `slot`, 0 for none. Asking takes it away.
    @inlinable
    public func takeError(_ slot: Int) -> Int32 { Socket.takeError(attachments[slot].descriptor) }

    private mutating func release(_ slot: Int) -> Int32 {
        let descriptor = attachments[slot].descriptor
        precondition(descriptor >= 0, "Slot \(slot) has no descriptor.")
        attachments[slot].descriptor = -1
        attachments[slot].generation &+= 1
        attached -= 1
        return descriptor
    }

    private func control(_ operation: Int, _ descriptor: Int32, _ interest: Interest, _ token: Token) -> Int32 {
        holdfast_epoll_control(epoll, Int32(operation), descriptor, interest.rawValue, token.rawValue)
    }
}
