/// The name nearest to `word`, if one is near enough to be what was meant.
///
/// Near enough is an edit distance of at most a third of the longer word (at least 1), with neighbouring letters that
/// changed places counted as one edit; else an abbreviation: the same first letter, and at least half of the name's
/// letters in their order. Case does not count. Of several, the first in the list.
func nearestName(to word: String, among names: [String]) -> String? {
    let letters = Array(word.lowercased())
    guard !letters.isEmpty, letters.count <= longestWord else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
        let candidate = Array(name.lowercased())
        let distance = editDistance(letters, candidate)
        let allowed = max(1, max(letters.count, candidate.count) / 3)
        if distance <= allowed, distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name ?? names.first { isAbbreviation(letters, of: Array($0.lowercased())) }
}

private func isAbbreviation(_ word: [Character], of name: [Character]) -> Bool {
    guard word.first == name.first, word.count * 2 >= name.count else { return false }
    var rest = name[...]
    for letter in word {
        guard let position = rest.firstIndex(of: letter) else { return false }
        rest = rest[(position + 1)...]
    }
    return true
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other (optimal string
/// alignment).
func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 1...left.count {
        var current = [row] + [Int](repeating: 0, count: right.count)
        for column in 1...right.count {
            let same = left[row - 1] == right[column - 1]
            current[column] = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (same ? 0 : 1))
            let swapped =
                row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1]
            if swapped { current[column] = min(current[column], beforePrevious[column - 2] + 1) }
        }
        beforePrevious = previous
        previous = current
    }
    return previous[right.count]
}
