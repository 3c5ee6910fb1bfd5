import HoldfastCore
import Testing

@testable import HoldfastReactor

@Suite struct SlabTests {
    @Test func indicesComeLowestFirstThenLastReturnedFirst() {
        var slab = Slab<UInt64>(capacity: 3)
        var indices: [Int?] = []
        for element in UInt64(0)..<4 { indices.append(slab.insert(element)) }
        #expect(indices == [0, 1, 2, nil])
        slab.remove(0)
        slab.remove(2)
        indices = [slab.insert(7), slab.insert(8)]
        #expect(indices == [2, 0])
        let (element, count) = (slab[2], slab.count)
        #expect(element == 7)
        #expect(count == 3)
    }

    @Test func agreesWithADictionary() {
        var slab = Slab<UInt64>(capacity: 50)
        var model: [Int: UInt64] = [:]
        let draws = Seed(3).stream(.swarm, actor: 0)
        for step in UInt64(0)..<5000 {
            let draw = draws.draw(step)
            if below(2, draw) == 0 {
                if let index = slab.insert(step) { model[index] = step } else { #expect(model.count == 50) }
            } else if let victim = model.keys.sorted().dropFirst(Int(draw & 31)).first {
                slab[victim] &+= 1
                let element = slab[victim]
                #expect(element == model[victim]! + 1)
                slab.remove(victim)
                model[victim] = nil
            }
            let count = slab.count
            #expect(count == model.count)
        }
        var left: [Int: UInt64] = [:]
        for index in 0..<slab.end where slab.contains(index) { left[index] = slab[index] }
        #expect(left == model)
    }
}
