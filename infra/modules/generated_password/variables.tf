variable "name" {
  description = "Name of the secret that holds the password."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts it."
  type        = string
}

variable "password_version" {
  description = "A higher number makes another password."
  type        = number
}

variable "recovery_days" {
  description = "Days in which the secret's deletion can be taken back; 0: none."
  type        = number
}
