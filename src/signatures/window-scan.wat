;; The inner loop of window-scanner.ts: which windows of four characters of a text are filed? Twelve places are looked at in a turn, four
;; in a vector: in JavaScript, which looks at one place at a time, the same search takes some four times as long. `npm run wasm` makes
;; window-scan.ts of it. What a character's class is says char-class.ts; the multiplier is that of Fibonacci hashing.
;;
;; Memory, bytes: at 0 the filter, one byte for each of 2^18 values of a hash, not 0 where a window with that hash is filed; at
;; 0x40000 the table of windows, two words a slot, the window and its number, counted from 1 (0: the slot is free). The text and what
;; is found stand where the caller says; a vector may reach 15 bytes beyond the text.
(module
  (memory (import "windows" "memory") 6)

  ;; Writes, for every place from $from to before $to where a filed window begins, the place and the window's number to $out, in the
  ;; order of the text; gives how many. $shift leaves of a hash as many bits as the table's slots have, $mask is their number less one.
  (func (export "scan")
    (param $from i32) (param $to i32) (param $out i32) (param $shift i32) (param $mask i32)
    (result i32)
    (local $codes v128) (local $hashes v128) (local $spread v128)
    (local $first i32) (local $second i32) (local $third i32) (local $begin i32)
    (local.set $spread (i32x4.splat (i32.const 0x9e3779b1)))
    (local.set $begin (local.get $out))
    (block $done
      (loop $turn
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $codes (v128.load (local.get $from)))
        (local.set $codes
          (v128.or
            (v128.and (local.get $codes) (v128.const i32x4 0x1f1f1f1f 0x1f1f1f1f 0x1f1f1f1f 0x1f1f1f1f))
            (v128.and
              (i32x4.shr_u (local.get $codes) (i32.const 1))
              (v128.const i32x4 0x20202020 0x20202020 0x20202020 0x20202020))))
        ;; Windows that begin at the places 0 to 3…
        (local.set $hashes
          (i32x4.shr_u
            (i32x4.mul
              (i8x16.shuffle 0 1 2 3 1 2 3 4 2 3 4 5 3 4 5 6 (local.get $codes) (local.get $codes))
              (local.get $spread))
            (i32.const 14)))
        (local.set $first
          (i32.or
            (i32.or
              (i32.load8_u (i32x4.extract_lane 0 (local.get $hashes)))
              (i32.load8_u (i32x4.extract_lane 1 (local.get $hashes))))
            (i32.or
              (i32.load8_u (i32x4.extract_lane 2 (local.get $hashes)))
              (i32.load8_u (i32x4.extract_lane 3 (local.get $hashes))))))
        ;; …4 to 7…
        (local.set $hashes
          (i32x4.shr_u
            (i32x4.mul
              (i8x16.shuffle 4 5 6 7 5 6 7 8 6 7 8 9 7 8 9 10 (local.get $codes) (local.get $codes))
              (local.get $spread))
            (i32.const 14)))
        (local.set $second
          (i32.or
            (i32.or
              (i32.load8_u (i32x4.extract_lane 0 (local.get $hashes)))
              (i32.load8_u (i32x4.extract_lane 1 (local.get $hashes))))
            (i32.or
              (i32.load8_u (i32x4.extract_lane 2 (local.get $hashes)))
              (i32.load8_u (i32x4.extract_lane 3 (local.get $hashes))))))
        ;; …and 8 to 11.
        (local.set $hashes
          (i32x4.shr_u
            (i32x4.mul
              (i8x16.shuffle 8 9 10 11 9 10 11 12 10 11 12 13 11 12 13 14 (local.get $codes) (local.get $codes))
              (local.get $spread))
            (i32.const 14)))
        (local.set $third
          (i32.or
            (i32.or
              (i32.load8_u (i32x4.extract_lane 0 (local.get $hashes)))
              (i32.load8_u (i32x4.extract_lane 1 (local.get $hashes))))
            (i32.or
              (i32.load8_u (i32x4.extract_lane 2 (local.get $hashes)))
              (i32.load8_u (i32x4.extract_lane 3 (local.get $hashes))))))
        (if (i32.or (i32.or (local.get $first) (local.get $second)) (local.get $third))
          (then
            (if (local.get $first)
              (then
                (local.set $out
                  (call $four (local.get $from) (local.get $to) (local.get $out) (local.get $shift) (local.get $mask)))))
            (if (local.get $second)
              (then
                (local.set $out
                  (call $four
                    (i32.add (local.get $from) (i32.const 4))
                    (local.get $to) (local.get $out) (local.get $shift) (local.get $mask)))))
            (if (local.get $third)
              (then
                (local.set $out
                  (call $four
                    (i32.add (local.get $from) (i32.const 8))
                    (local.get $to) (local.get $out) (local.get $shift) (local.get $mask)))))))
        (local.set $from (i32.add (local.get $from) (i32.const 12)))
        (br $turn)))
    (i32.shr_u (i32.sub (local.get $out) (local.get $begin)) (i32.const 3)))

  ;; Looks at the four places from $at on, one by one; gives where the next one found is to be written.
  (func $four
    (param $at i32) (param $to i32) (param $out i32) (param $shift i32) (param $mask i32)
    (result i32)
    (local $last i32) (local $window i32) (local $hash i32) (local $slot i32) (local $number i32)
    (local.set $last (i32.add (local.get $at) (i32.const 4)))
    (local.set $last
      (select (local.get $last) (local.get $to) (i32.lt_u (local.get $last) (local.get $to))))
    (block $done
      (loop $place
        (br_if $done (i32.ge_u (local.get $at) (local.get $last)))
        (local.set $window (i32.load (local.get $at)))
        (local.set $window
          (i32.or
            (i32.and (local.get $window) (i32.const 0x1f1f1f1f))
            (i32.and (i32.shr_u (local.get $window) (i32.const 1)) (i32.const 0x20202020))))
        (local.set $hash (i32.mul (local.get $window) (i32.const 0x9e3779b1)))
        (if (i32.load8_u (i32.shr_u (local.get $hash) (i32.const 14)))
          (then
            (local.set $slot (i32.shr_u (local.get $hash) (local.get $shift)))
            (block $settled
              (loop $probe
                (local.set $number (i32.load offset=0x40004 (i32.shl (local.get $slot) (i32.const 3))))
                (br_if $settled (i32.eqz (local.get $number)))
                (if (i32.eq (i32.load offset=0x40000 (i32.shl (local.get $slot) (i32.const 3))) (local.get $window))
                  (then
                    (i32.store (local.get $out) (local.get $at))
                    (i32.store offset=4 (local.get $out) (local.get $number))
                    (local.set $out (i32.add (local.get $out) (i32.const 8)))
                    (br $settled)))
                (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (local.get $mask)))
                (br $probe)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $place)))
    (local.get $out)))
