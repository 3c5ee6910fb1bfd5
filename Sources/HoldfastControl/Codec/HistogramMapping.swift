import HoldfastCore

extension WireHistogram {
    init(_ histogram: Histogram) throws(ControlCodecError) {
        guard histogram.count > 0 else { return }
        zeroCount = histogram.zeroCount
        sum = histogram.sum
        min = histogram.min ?? 0
        max = histogram.max ?? 0
        offset = histogram.offset
        buckets = try ControlLimits.check(histogram.buckets, "histogram.buckets", ControlLimits.buckets)
    }

    /// Checked whole: counts that overflow or bounds in the wrong order would spoil every merge after it.
    func value() throws(ControlCodecError) -> Histogram {
        var count = zeroCount
        for bucket in try ControlLimits.check(buckets, "histogram.buckets", ControlLimits.buckets) {
            let (total, overflow) = count.addingReportingOverflow(bucket)
            guard !overflow else { throw .invalid(field: "histogram.buckets", found: "more than 2^64 values") }
            count = total
        }
        let lastOffset = Int32(ControlLimits.buckets)
        guard abs(Int64(offset)) <= lastOffset else { throw .invalid(field: "histogram.offset", found: "\(offset)") }
        guard count == 0 || min <= max else {
            throw .invalid(field: "histogram.min", found: "\(min), above the maximum \(max)")
        }
        return Histogram(zeroCount: zeroCount, sum: sum, min: min, max: max, offset: offset, buckets: buckets)
    }
}
